import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { AttemptFact, ERRAND_HEADER, Errand, RecordFailure, FAILURE_HEADER, readEvent, type DeliveryFact, type Topic } from '@nuncio/contracts';
import type { OutboundRecord } from '@nuncio/kafka';
import { inbound, ofDelivery, placed } from '../testing/facts.js';
import { openLog, type LogDatabase } from '../testing/log-database.js';
import { cancelParked } from './cancel-parked.js';
import { expireParked } from './expire-parked.js';
import { releaseParked } from './release-parked.js';

const DAY_MS = 86_400_000;
const now = Date.now();
let log: LogDatabase;
beforeAll(async () => {
  log = await openLog();
});
afterAll(() => log.drop());

function recorder() {
  const sent: { topic: string; record: OutboundRecord }[] = [];
  const facts: AttemptFact[] = [];
  const send = async ({ name }: Topic, record: OutboundRecord): Promise<void> => void sent.push({ topic: name, record });
  return { sent, facts, send, sendJson: async (_topic: Topic, _key: string, value: unknown): Promise<void> => void facts.push(AttemptFact.parse(value)) };
}

let offset = 0;
async function park(ceId: string, { at, subscription = 'sub_1' }: { at: number; subscription?: string }): Promise<string> {
  const event = readEvent({ ce_specversion: '1.0', ce_id: ceId, ce_source: '/orders', ce_type: 'invoice.paid' }, Buffer.from(`payload of ${ceId}`));
  if ('reason' in event) throw new Error(event.detail);
  await log.writer.writeEvents([{ event, record: inbound(event.payload, { topic: 'events', partition: 3, timestamp: at, offset: String(offset) }) }]);
  const of = ofDelivery({ ceId, eventAt: at, subscription });
  await log.writer.writeFacts([placed({ fact: 'parked', ...of, position: 10, number: 1, reason: 'blocked' }, offset++)]);
  return of.delivery;
}
const statusOf = async (id: string): Promise<string | undefined> =>
  (await log.dataSource.query<{ status: string }[]>('SELECT status FROM log.deliveries WHERE id = $1', [id]))[0]?.status;
const expire = (producer: ReturnType<typeof recorder>, over: { now?: number; keptFrom?: number } = {}): Promise<number> =>
  expireParked(log.dataSource, producer, { now: over.now ?? now, keptFrom: new Date(over.keptFrom ?? now - 29 * DAY_MS).toISOString() });

it('expires deliveries that were parked for longer than 14 days, once, and leaves the others', async () => {
  const old = await park('old', { at: now - 14 * DAY_MS - 1 });
  const fresh = await park('fresh', { at: now - 14 * DAY_MS + 60_000 });
  const producer = recorder();
  expect(await expire(producer)).toBe(1);
  expect(await expire(producer)).toBe(0);
  const [{ topic, record }] = producer.sent as [{ topic: string; record: OutboundRecord }];
  expect({ topic, key: record.key, value: String(record.value) }).toEqual({ topic: 'dead-letters', key: old, value: 'payload of old' });
  expect(RecordFailure.parse(JSON.parse(String(record.headers?.[FAILURE_HEADER])))).toMatchObject({ reason: 'expired', topic: 'events', partition: 3, offset: '0' });
  expect(Errand.parse(JSON.parse(String(record.headers?.[ERRAND_HEADER])))).toMatchObject({ subscriptions: ['sub_1'], number: 1 });
  expect(producer.facts).toMatchObject([{ fact: 'expired', delivery: old, tenant: 'acme', callback: 'cb_1' }]);
  expect([await statusOf(old), await statusOf(fresh)]).toEqual(['expired', 'parked']);
});

it('keeps them expired when their facts are read, and when old facts are read again', async () => {
  const old = await park('again', { at: now - 15 * DAY_MS });
  const producer = recorder();
  await expire(producer);
  const parked = { fact: 'parked' as const, ...ofDelivery({ ceId: 'again', eventAt: now - 15 * DAY_MS }), position: 10, number: 1, reason: 'blocked' };
  await log.writer.writeFacts([placed(parked, offset - 1)]);
  expect(await statusOf(old)).toBe('expired');
  await log.writer.writeFacts([placed(producer.facts[0] as DeliveryFact, offset++)]);
  expect(await statusOf(old)).toBe('expired');
});

it('leaves alone a delivery that was released and is on its way', async () => {
  const released = await park('released', { at: now - 15 * DAY_MS });
  await releaseParked(log.dataSource, { producer: recorder(), writer: log.writer }, 'sub_1', 11);
  expect(await expire(recorder())).toBe(0);
  expect(await statusOf(released)).toBe('parked');
});

it('expires earlier what retention is about to drop', async () => {
  const dropped = await park('dropped', { at: now - 3 * DAY_MS, subscription: 'sub_2' });
  expect(await expire(recorder(), { keptFrom: now - 2 * DAY_MS })).toBe(1);
  expect(await statusOf(dropped)).toBe('expired');
});

it('expires what was parked for an event that is past retention, instead of dropping the fact: nobody ever heard of it', async () => {
  const of = ofDelivery({ ceId: 'late', eventAt: now - 40 * DAY_MS, subscription: 'sub_late' });
  await log.writer.writeFacts([placed({ fact: 'parked', ...of, at: now, position: 10, number: 3, reason: 'exhausted' }, offset++)]);
  const producer = recorder();
  expect(await expire(producer)).toBe(1);
  expect(producer.facts).toMatchObject([{ fact: 'expired', delivery: of.delivery, number: 3 }]);
  expect(producer.sent).toMatchObject([{ topic: 'dead-letters', record: { key: of.delivery, value: null, headers: { ce_id: 'late' } } }]);
  expect(await log.partitions.dropExpired(now)).toContainEqual(expect.stringMatching(/^deliveries_/));
});

it('records the parked deliveries of a deleted subscription as canceled', async () => {
  const left = await Promise.all(Array.from({ length: 60 }, (_, i) => i).map((i) => park(`left-${i}`, { at: now - i, subscription: 'sub_gone' })));
  const producer = recorder();
  expect(await cancelParked(log.dataSource, producer, 'sub_gone', now)).toBe(60);
  expect(await cancelParked(log.dataSource, producer, 'sub_gone', now)).toBe(0);
  expect(producer.facts.map((fact) => fact.fact === 'canceled' && fact.delivery).sort()).toEqual(left.sort());
});
