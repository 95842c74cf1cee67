import { describe, expect, it } from '@jest/globals';
import { RecordFailure, FAILURE_HEADER, ODD_HEADERS_HEADER, quarantine, type RecordHeaders } from '@nuncio/contracts';
import fc from 'fast-check';
import type { OutboundRecord } from './outbound-record.js';
import type { RawHeader } from '../consuming/fetched-record.js';
import { batchToQuarantine, toQuarantine } from './quarantine.js';
import type { InboundRecord } from '../consuming/record-batch.js';

type Written = Omit<OutboundRecord, 'headers'> & { headers: RecordHeaders };
const MAX = quarantine.maxMessageBytes;

/** How kafkajs treats a record: it refuses a header without a value, and the broker refuses a record that is too large. */
function broker(max: number) {
  const written: Written[] = [];
  const send = (_: unknown, record: OutboundRecord): Promise<void> => {
    const { headers = {} } = record;
    const all = Object.keys(headers).flatMap((name) => [headers[name]].flat().map((value) => Buffer.byteLength(name) + Buffer.byteLength(value as Buffer)));
    const size = all.reduce((sum, each) => sum + each, 0) + Buffer.byteLength(record.key ?? '') + Buffer.byteLength(record.value ?? '');
    if (size > max) return Promise.reject(Object.assign(new Error('too large'), { type: 'MESSAGE_TOO_LARGE' }));
    written.push({ ...record, headers });
    return Promise.resolve();
  };
  return { written, producer: { send } };
}

function inbound(over: Partial<InboundRecord>): InboundRecord & { isDone: boolean } {
  const split = () => ({ isDone: () => false, done: () => undefined });
  const record = { topic: 'nuncio.events', partition: 3, offset: '7', key: null, value: null, headers: {}, timestamp: 0, split, abandon: () => undefined, isDone: false };
  return Object.assign(record, { done: () => (record.isDone = true) }, over);
}

async function putAway(over: Partial<InboundRecord>, max = MAX) {
  const { written, producer } = broker(max);
  const record = inbound(over);
  await toQuarantine(producer, record, 'bad-header', 'it says so');
  const [only] = written;
  if (!only || written.length > 1 || !record.isDone) throw new Error('it is not in quarantine, once, and done');
  const { [FAILURE_HEADER]: failure, [ODD_HEADERS_HEADER]: odd, ...headers } = only.headers;
  const decoded = (JSON.parse(String(odd ?? '[]')) as { name: string; value: string | null }[]).map(({ name, value }): RawHeader => [Buffer.from(name, 'base64'), value === null ? null : Buffer.from(value, 'base64')]);
  return { ...only, headers, odd: decoded, failure: RecordFailure.parse(JSON.parse(String(failure))) };
}

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((some) => Buffer.from(some));

describe('toQuarantine', () => {
  it('keeps key, value and headers as they came, with reason and origin', async () => {
    const { failure, ...record } = await putAway({ key: Buffer.from('k'), value: Buffer.from('v'), headers: { ce_id: Buffer.from('1'), twice: ['a', Buffer.from('b')] } });
    expect(record).toEqual({ key: Buffer.from('k'), value: Buffer.from('v'), headers: { ce_id: [Buffer.from('1')], twice: [Buffer.from('a'), Buffer.from('b')] }, odd: [] });
    expect(failure).toEqual({ reason: 'bad-header', detail: 'it says so', topic: 'nuncio.events', partition: 3, offset: '7' });
  });

  it('takes a header without a value, as Java writes them: it threw, and the record never finished', async () => {
    const { headers, odd } = await putAway({ headers: { none: null, here: 'x' } as unknown as RecordHeaders });
    expect([headers, odd]).toEqual([{ here: [Buffer.from('x')] }, [[Buffer.from('none'), null]]]);
  });

  it('loses no header of any name: those that cannot travel go encoded', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.oneof(bytes(4), fc.constantFrom('__proto__', 'constructor', FAILURE_HEADER, ODD_HEADERS_HEADER, '').map((name) => Buffer.from(name))), fc.option(bytes(8)))), async (rawHeaders) => {
        const { headers, odd } = await putAway({ rawHeaders });
        const plain = Object.keys(headers).flatMap((name) => [headers[name]].flat().map((value): RawHeader => [Buffer.from(name), value as Buffer]));
        const sorted = (all: readonly RawHeader[]) => all.map(([name, value]) => `${name.toString('hex')}=${value?.toString('hex') ?? 'null'}`).sort();
        expect(sorted([...plain, ...odd])).toEqual(sorted(rawHeaders));
      }),
    );
  });

  it('cuts what it has no room for, and says how large it was', async () => {
    const size = fc.nat(4_000_000);
    const record = fc.record({ key: fc.option(size), value: fc.option(size), headers: fc.array(size, { maxLength: 3 }), max: fc.constantFrom(MAX, MAX / 4, 100_000) });
    await fc.assert(
      fc.asyncProperty(record, async ({ key, value, headers, max }) => {
        const fill = (n: number | null): Buffer | null => (n === null ? null : Buffer.alloc(n, 7));
        const given = { key: fill(key), value: fill(value), rawHeaders: headers.map((n, i): RawHeader => [Buffer.from(`h${i}`), fill(n)]) };
        const { failure, ...kept } = await putAway(given, max);
        const isWhole = kept.value?.length === value && Object.keys(kept.headers).length === headers.length && (key === null || kept.key?.length === key);
        if (value === null) expect(kept.value).toBeNull();
        if (!failure.original) expect([kept.value?.length ?? null, Object.keys(kept.headers).length, key === null || kept.key?.length === key]).toEqual([value, headers.length, true]);
        else expect([failure.original.keyBytes, failure.original.valueBytes, isWhole]).toEqual([key, value, false]);
      }),
      { numRuns: 40 },
    );
  });

  it('says by a digest what it cut: the SHA-256 of the whole value', async () => {
    const { value, failure } = await putAway({ value: Buffer.alloc(3_000_000, 'a') });
    expect(value?.length).toBeGreaterThan(2_000_000);
    expect(failure.original).toEqual({ keyBytes: null, headersBytes: 0, valueBytes: 3_000_000, valueSha256: '2a152c894398719c0570f83fac34ac03a0f6e8e474b995c2403aa5434f7b9dd4' });
  });
});

describe('batchToQuarantine', () => {
  it('keeps the bytes of a batch that cannot be decoded, with its first offset and its last', async () => {
    const { written, producer } = broker(MAX);
    const record = inbound({ offset: '12', value: Buffer.from('a batch') });
    await batchToQuarantine(producer, { topic: 'events', record, firstOffset: '9', detail: 'its checksum is wrong' });
    expect(written[0]?.value).toEqual(Buffer.from('a batch'));
    expect(JSON.parse(String(written[0]?.headers[FAILURE_HEADER]))).toEqual({
      reason: 'undecodable-batch',
      detail: 'its checksum is wrong',
      topic: 'nuncio.events',
      partition: 3,
      offset: '9',
      lastOffset: '12',
    });
  });
});
