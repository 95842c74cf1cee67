import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Message } from 'kafkajs';
import produceOf from 'kafkajs/src/protocol/requests/produce/index.js';
import { readBatches } from '../consuming/fetched-batches.js';
import { FetchedRecord } from '../consuming/fetched-record.js';
import { mendProduceRequests } from './kafkajs-produce.js';
import { writtenBatch } from './written-batch.js';

const { protocol: kafkajsOwn } = produceOf;
mendProduceRequests();

/** Lengths take one byte up to 63, two up to 8,191, then three. */
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.nat(9_000).map((length) => 'é'.repeat(length)));
const bytes = fc.oneof(fc.uint8Array().map((array) => Buffer.from(array)), fc.nat(9_000).map((length) => Buffer.alloc(length, 'b')));
const field = fc.oneof(text, bytes);
const headers = fc.dictionary(fc.string({ unit: 'binary', maxLength: 80 }), fc.oneof(field, fc.array(field, { maxLength: 3 })), { maxKeys: 5 });
const time = fc.integer({ min: 1, max: 2 ** 42 }).map(String);
const message = fc.record({ key: fc.option(field), value: fc.option(field), headers, timestamp: time });

const terms = { transactional: false, producerId: -1n, producerEpoch: 0, firstSequence: 0 };
/** As text, since jest compares buffers byte by byte, which is slow. */
const shown = (part: string | Buffer | null | undefined): string | null => (part === null || part === undefined ? null : Buffer.from(part).toString('base64'));
const shownHeaders = (given: NonNullable<Message['headers']>): (string | null)[][] => Object.keys(given).flatMap((name) => [given[name]].flat().map((value) => [shown(name), shown(value)]));

describe('a batch that is written', () => {
  it('is read again as it was, whatever its records hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 20 }), async (batch) => {
        const records = await readBatches(writtenBatch(batch, terms), [], 100n);
        const found = records.map((record) => (record instanceof FetchedRecord ? [record.timestamp, shown(record.key), shown(record.value), record.rawHeaders.map((header) => header.map(shown))] : record));
        expect(found).toEqual(batch.map(({ key, value, timestamp, headers }) => [timestamp, shown(key), shown(value), shownHeaders(headers)]));
      }),
    );
  });

  it('is to the byte the request that kafkajs would make of it, of a transaction, too', async () => {
    const identity = fc.record({ producerId: fc.bigInt({ min: 0n, max: 2n ** 60n }).map(String), producerEpoch: fc.nat(1_000), transactionalId: fc.constantFrom(undefined, 'relay') });
    const sameTime = fc.array(message, { minLength: 1, maxLength: 10 }).map((batch) => batch.map((each) => ({ ...each, timestamp: '1700000000000' })));
    const partitions = fc.array(fc.record({ partition: fc.nat(90), messages: sameTime, firstSequence: fc.nat(1_000) }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ topic: fc.constantFrom('a', 'events'), partitions }), { minLength: 1, maxLength: 2 }), identity, async (topicData, who) => {
        const given = { acks: -1, timeout: 10_000, ...who, topicData };
        const [theirs, ours] = await Promise.all([kafkajsOwn, produceOf.protocol].map(async (protocol) => (await protocol({ version: 7 })(given).request.encode()) as { buffer: Buffer }));
        expect(ours?.buffer.equals(theirs?.buffer ?? Buffer.alloc(0))).toBe(true);
      }),
    );
  });
});
