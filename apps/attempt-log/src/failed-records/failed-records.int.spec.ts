import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deliveries, deliveryId, ERRAND_HEADER, eventId, events, FAILURE_HEADER, isFault, isUnreadable, ORIGIN_HEADER, readErrand, readEvent, type RecordFailure, type Principal, type RecordHeaders, type Topic } from '@nuncio/contracts';
import type { InboundRecord, OutboundRecord } from '@nuncio/kafka';
import fc from 'fast-check';
import { listQuery } from '../query/filters/filter.js';
import { inbound } from '../testing/facts.js';
import { openLog, type LogDatabase } from '../testing/log-database.js';
import { deadLetterFilters, FailedRecords, quarantineFilters } from './failed-records.js';
import { FailedRecordsController } from './failed-records.controller.js';
import { Mend } from './mended.js';
import { showContent, showDeadLetter, showQuarantined } from './stored-record.js';

const provider: Principal = { id: 'key_provider', role: 'provider', tenant: null, groups: [] };
const schema = { type: 'object', required: ['total'] };
const good: RecordHeaders = { ce_specversion: '1.0', ce_id: 'n-1', ce_source: '/orders', ce_type: 'invoice.paid', ce_tenant: 'acme' };

let log: LogDatabase;
let controller: FailedRecordsController;
let records: FailedRecords;
const sent: { topic: Topic; record: OutboundRecord }[] = [];
let offset = 0;

beforeAll(async () => {
  log = await openLog();
  controller = new FailedRecordsController(log.writer);
  const view = { get: (_: string, name: string) => (name === 'invoice.strict' ? { state: { schema } } : undefined) };
  const producer = { send: (topic: Topic, record: OutboundRecord) => (sent.push({ topic, record }), Promise.resolve()) };
  records = new FailedRecords(log.dataSource, producer, view as never, { topicPrefix: 'nuncio' });
});
afterAll(() => log.drop());

const failureOf = (over: Partial<RecordFailure> = {}): RecordFailure => ({ reason: 'bad-header', detail: 'it says so', topic: 'nuncio.events', partition: 3, offset: '7', ...over });

async function putAway(kind: 'quarantine' | 'dead-letter', over: Partial<InboundRecord>, failure: RecordFailure | null = failureOf()): Promise<string> {
  const headers = { ...over.headers, ...(failure && { [FAILURE_HEADER]: JSON.stringify(failure) }) };
  const record = inbound(over.value ?? null, { partition: 2, offset: String(offset++), ...over, headers });
  const batch = { topic: kind, partition: 2, records: [record], signal: new AbortController().signal, lost: new AbortController().signal };
  await (kind === 'quarantine' ? controller.onQuarantined(batch) : controller.onDeadLetters(batch));
  return `2-${record.offset}`;
}

const quarantined = (headers: RecordHeaders, value: string | Buffer | null, failure?: RecordFailure) =>
  putAway('quarantine', { headers, value: typeof value === 'string' ? Buffer.from(value) : value }, failure);
const list = async (given: Record<string, unknown> = {}) => (await records.list('quarantine', quarantineFilters, listQuery(quarantineFilters).parse(given))).items;
const refusalOf = (work: Promise<unknown>) => work.then(() => null, (error: unknown) => (isFault(error) ? { code: error.code, message: error.message, errors: error.errors.map(({ pointer, code }) => `${pointer} ${code}`) } : error));

describe('a record in quarantine', () => {
  it('is shown with its bytes, headers, reason, origin and what to do about it', async () => {
    const id = await quarantined({ ce_id: Buffer.from([0xc3, 0x28]), ce_type: 'invoice.paid', twice: ['a', 'b'] }, 'paid');
    const found = await records.find('quarantine', id);
    expect({ ...showQuarantined(found), ...showContent(found), ...records.wayOf(found) }).toMatchObject({
      id,
      reason: 'bad-header',
      detail: 'it says so',
      hint: expect.stringMatching(/one UTF-8 text/),
      origin: { topic: 'nuncio.events', partition: 3, offset: '7', lastOffset: null },
      event: null,
      republished: null,
      key: { text: 'key', encoding: 'utf8' },
      headers: [
        { name: 'ce_id', text: 'wyg=', encoding: 'base64' },
        { name: 'ce_type', text: 'invoice.paid' },
        { name: 'twice', text: 'a' },
        { name: 'twice', text: 'b' },
      ],
      value: { text: 'paid', encoding: 'utf8', truncated: false },
      to: 'nuncio.events',
      refusal: null,
    });
  });

  it('is published again once, with its corrections, to the topic it came from, and not as a duplicate', async () => {
    const id = await quarantined({ ...good, ce_id: Buffer.from([0xc3, 0x28]) }, '{"n":1.0}');
    const others = Object.fromEntries(Object.entries(good).filter(([name]) => name !== 'ce_id'));
    expect(await refusalOf(records.republish(id, {}, provider))).toMatchObject({ code: 'invalid', errors: ['/headers bad-header'] });
    expect(await refusalOf(records.republish(id, { headers: { ce_id: null } }, provider))).toMatchObject({ code: 'invalid', errors: ['/headers missing-attribute'] });
    sent.length = 0;
    const both = [{ headers: { ce_id: 'n-1' } }, { headers: { ce_id: 'n-1' } }].map((mend) => refusalOf(records.republish(id, mend, provider)));
    expect((await Promise.all(both)).filter(Boolean)).toMatchObject([{ code: 'illegal-move', message: expect.stringMatching(/was published again at .*, by key_provider/) }]);
    expect(sent).toEqual([{ topic: events, record: { key: Buffer.from('key'), value: Buffer.from('{"n":1.0}'), headers: { ...asBytes(others), ce_id: Buffer.from('n-1'), [ORIGIN_HEADER]: 'nuncio.events-3-7' } } }]);
    expect((await list({ republished: 'true' })).map((row) => row.id)).toEqual([id]);
  });

  it('is checked against the schema of its event type before it is published again', async () => {
    const id = await quarantined({ ...good, ce_type: 'invoice.strict' }, '{}', failureOf({ reason: 'schema' }));
    expect(showQuarantined(await records.find('quarantine', id)).event).toMatchObject({ id: eventId('/orders', 'n-1'), eventType: 'invoice.strict' });
    expect(await refusalOf(records.republish(id, {}, provider))).toMatchObject({ errors: ['/value schema'] });
    expect(await refusalOf(records.republish(id, { value: '{"total":1}' }, provider))).toBeNull();
  });

  it('is published again through deliveries if it came from a delay topic, and not at all if nobody waits for it', async () => {
    const errand = { event: 'evt_1', eventAt: 1, subscriptions: ['sub_1'], number: 2, reason: 'retry', notBefore: 1, hop: 1, retriesUsed: 1, firstAttemptAt: 1, heldSince: null, holds: 0, position: null, requestedBy: null };
    const late = await quarantined({ ...good, [ERRAND_HEADER]: JSON.stringify(errand) }, '{}', failureOf({ reason: 'failed', topic: 'nuncio.delay.1h' }));
    sent.length = 0;
    await records.republish(late, {}, provider);
    expect(sent.map(({ topic, record }) => [topic, readErrand({ headers: record.headers ?? {}, value: record.value as Buffer })])).toMatchObject([[deliveries, { errand }]]);
    const sample = await quarantined({}, '?', failureOf({ reason: 'bad-sample', topic: 'nuncio.samples' }));
    expect(await refusalOf(records.republish(sample, {}, provider))).toMatchObject({ code: 'illegal-move' });
  });

  it('that was cut off is published again only with its whole value, and a batch that cannot be decoded never', async () => {
    const original = { keyBytes: 3, headersBytes: 100, valueBytes: 9_000_000, valueSha256: 'ab' };
    const cut = await quarantined(good, 'the beg', failureOf({ reason: 'too-large', original }));
    expect(await refusalOf(records.republish(cut, {}, provider))).toMatchObject({ code: 'illegal-move', message: expect.stringMatching(/whole `value`/) });
    expect(await refusalOf(records.republish(cut, { valueBase64: 'e30=' }, provider))).toBeNull();
    const batch = await quarantined({}, 'batch', failureOf({ reason: 'undecodable-batch', lastOffset: '12' }));
    expect(await refusalOf(records.republish(batch, { value: '{}', headers: { ...good } as Record<string, string> }, provider))).toMatchObject({ code: 'illegal-move' });
  });

  it('is found by reason, topic and time, newest first, without records of another kind', async () => {
    const mine = await Promise.all(['a', 'b', 'c'].map((value, n) => putAway('quarantine', { value: Buffer.from(value), timestamp: Date.now() - 86_400_000 + n }, failureOf({ topic: 'nuncio.mine', reason: n ? 'x' : 'y' }))));
    const rows = await list({ topic: 'nuncio.mine' });
    expect(rows.map(({ id }) => id)).toEqual([...mine].sort((a, b) => (Number(a.slice(2)) < Number(b.slice(2)) ? 1 : -1)));
    expect((await list({ topic: 'nuncio.mine', reason: 'y' })).map(({ id }) => id)).toEqual(mine.slice(0, 1));
    expect((await list({ topic: 'nuncio.mine', until: new Date(Date.now() - 2 * 86_400_000).toISOString() }))).toEqual([]);
    expect(await refusalOf(records.find('dead-letter', mine[0] ?? ''))).toMatchObject({ code: 'not-found' });
  });

  it('may have any bytes and headers: it is stored once and shown unchanged', async () => {
    const bytes = fc.option(fc.uint8Array({ maxLength: 40 }).map((some) => Buffer.from(some)));
    const headers = fc.dictionary(fc.string({ unit: 'binary', minLength: 1 }), fc.uint8Array({ maxLength: 9 }).map((some) => Buffer.from(some)), { maxKeys: 4 });
    const failure = fc.option(fc.record({ reason: fc.string({ unit: 'binary' }), detail: fc.option(fc.string({ unit: 'binary' })), topic: fc.string(), partition: fc.nat(), offset: fc.string() }));
    await fc.assert(
      fc.asyncProperty(bytes, headers, bytes, failure, async (key, given, value, said) => {
        const id = await putAway('quarantine', { key, headers: given, value }, said);
        const found = await records.find('quarantine', id);
        expect([found.key, found.value]).toEqual([key, value]);
        expect(found.headers.map(([name, base64]) => [name, base64])).toEqual(Object.entries(given).map(([name, one]) => [name, (one as Buffer).toString('base64')]));
        expect(showQuarantined(found).hint).not.toBe('');
      }),
      { numRuns: 50 },
    );
  });
});

describe('a dead letter', () => {
  it('names its delivery, and has the bytes of its event', async () => {
    const eventAt = Date.now() - 60_000;
    const event = readEvent(good, Buffer.from('{"n":1.0}'));
    if (isUnreadable(event)) throw new Error(event.detail);
    await log.writer.writeEvents([{ event, record: inbound(event.payload, { timestamp: eventAt }) }]);
    const of = { tenant: 'acme', application: 'app_1', callback: 'cb_dead' };
    const errand = { event: event.id, eventAt, subscriptions: ['sub_1'], of, number: 3, reason: 'retry', notBefore: 1, hop: 1, retriesUsed: 2, firstAttemptAt: 1, heldSince: null, holds: 0, position: null, requestedBy: null };
    const id = await putAway('dead-letter', { headers: { ...good, [ERRAND_HEADER]: JSON.stringify(errand) }, value: event.payload }, failureOf({ reason: 'http', detail: 'status 503' }));
    const found = await records.find('dead-letter', id);
    expect({ ...showDeadLetter(found), ...showContent(found) }).toMatchObject({
      reason: 'http',
      detail: 'status 503',
      valueBytes: 9,
      event: { id: event.id, ceId: 'n-1' },
      delivery: deliveryId(event.id, 'sub_1'),
      status: null,
      ...of,
      subscription: 'sub_1',
      value: { text: '{"n":1.0}' },
    });
    const [stored] = await log.dataSource.query<{ value: Buffer | null }[]>(`SELECT value FROM log.failed_records WHERE kind = 'dead-letter' AND id = $1`, [id]);
    expect(stored).toEqual({ value: null });
    const found2 = await records.list('dead-letter', deadLetterFilters, listQuery(deadLetterFilters).parse({ callback: 'cb_dead', tenant: 'acme' }));
    expect(found2.items.map((row) => row.id)).toEqual([id]);
    expect((await records.list('dead-letter', deadLetterFilters, listQuery(deadLetterFilters).parse({ callback: 'cb_dead', tenant: 'globex' }))).items).toEqual([]);
  });
});

describe('what is changed of a record', () => {
  it('is no header of ours, and one value', () => {
    expect(Mend.safeParse({ headers: { 'nuncio-publisher': 'acme' } }).success).toBe(false);
    expect(Mend.safeParse({ value: '', valueBase64: '' }).success).toBe(false);
    expect(Mend.safeParse({ value: 'x', headers: { ce_id: null } }).success).toBe(true);
  });
});

const asBytes = (headers: RecordHeaders): RecordHeaders => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Buffer.from(String(value))]));
