import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { freshDatabase, migrationsInTheWay, type FreshDatabase } from '@nuncio/database/testing';
import { logDatabase } from '../database.js';

/** The last migration of the last release. */
const RELEASED = 'SearchIndexes1775174400000';
const KNOWN = [
  // Of the last day alone: what it fills in are the requests with an `Idempotency-Key`.
  /^IdempotentAnswers1780500000000 changes every row of idempotent_requests, and keeps writers out of idempotent_requests meanwhile$/,
];

let fresh: FreshDatabase;
beforeAll(async () => {
  fresh = await freshDatabase();
});
afterAll(() => fresh.drop());

it('no migration keeps the log from being written for as long as it goes through a large table', async () => {
  expect(await migrationsInTheWay(logDatabase(fresh.url), RELEASED)).toEqual(KNOWN.map((text) => expect.stringMatching(text)));
});
