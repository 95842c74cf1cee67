import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { InboundRecord, RecordBatch } from '@nuncio/kafka';
import type { DataSource } from 'typeorm';
import { KeyUses } from './key-uses.js';
import { KeyUsesController } from './key-uses.controller.js';
import { openConfig, type ConfigDatabase } from '../testing/config-database.js';

const NOON = Date.UTC(2026, 0, 31, 12);
let fresh: ConfigDatabase;
let database: DataSource;
let uses: KeyUses;

beforeAll(async () => {
  fresh = await openConfig();
  database = fresh.dataSource;
  uses = new KeyUses(database);
});
afterAll(async () => {
  await fresh.drop();
});

/** Takes pulses as one batch. Returns how many records are done. */
async function tell(...told: { readonly at: number; readonly value: string }[]): Promise<number> {
  let done = 0;
  const records = told.map(({ at, value }, offset) => ({ topic: 'pulse', partition: 0, offset: String(offset), value: Buffer.from(value), timestamp: at, done: () => { done++; } }) as unknown as InboundRecord);
  await new KeyUsesController(uses).on({ topic: 'pulse', partition: 0, records, signal: new AbortController().signal, lost: new AbortController().signal } satisfies RecordBatch);
  return done;
}
const pulse = (keysUsed?: string[]): string => JSON.stringify({ service: 'gateway', instance: 'here:1', version: '1', since: 1, ready: true, faults: [], ...(keysUsed && { keysUsed }) });

it('keeps the last use of each key, reported in any order, also beside pulses without a use and malformed ones', async () => {
  expect(await tell({ at: NOON + 2, value: pulse(['key_a', 'key_b']) }, { at: NOON + 3, value: pulse() }, { at: NOON + 4, value: '{' })).toBe(3);
  expect(await tell({ at: NOON + 1, value: pulse(['key_b', 'key_c']) }, { at: NOON + 9, value: pulse(['key_a']) })).toBe(2);
  expect(await uses.of(['key_a', 'key_b', 'key_c', 'key_none'])).toEqual(new Map([['key_a', new Date(NOON + 9)], ['key_b', new Date(NOON + 2)], ['key_c', new Date(NOON + 1)]]));
  await uses.forget('key_a');
  expect((await uses.of(['key_a'])).size).toBe(0);
});
