import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ERRAND_HEADER, Errand, readEvent } from '@nuncio/contracts';
import type { OutboundRecord } from '@nuncio/kafka';
import { attempted, inbound, ofDelivery, placed, succeeded } from '../testing/facts.js';
import { openLog, type LogDatabase } from '../testing/log-database.js';
import { releaseParked, subscriptionsWithParked } from './release-parked.js';

let log: LogDatabase;
beforeAll(async () => {
  log = await openLog();
});
afterAll(() => log.drop());

const recorder = () => {
  const sent: OutboundRecord[] = [];
  return { sent, send: async (_topic: unknown, record: OutboundRecord) => void sent.push(record) };
};
const errandOf = ({ headers }: OutboundRecord): Errand => Errand.parse(JSON.parse(String(headers?.[ERRAND_HEADER])));

const POSITION = 10;
let offset = 0;
async function park(ceId: string, eventAt: number, position = POSITION): Promise<void> {
  const event = readEvent({ ce_specversion: '1.0', ce_id: ceId, ce_source: '/orders', ce_type: 'invoice.paid' }, Buffer.from(`payload of ${ceId}`));
  if ('reason' in event) throw new Error(event.detail);
  await log.writer.writeEvents([{ event, record: inbound(event.payload, { timestamp: eventAt, offset: String(offset) }) }]);
  await log.writer.writeFacts([placed({ fact: 'parked', ...ofDelivery({ ceId, eventAt }), position, number: 1, reason: 'blocked' }, offset++)]);
}

it('sends what was parked before the activation, once, oldest first', async () => {
  const start = Date.now() - 1_000_000;
  // More than one batch, parked out of order.
  for (let i = 0; i < 120; i++) await park(`n-${i}`, start + ((i * 37) % 120));
  const producer = recorder();
  expect(await subscriptionsWithParked(log.dataSource)).toEqual([{ subscription: 'sub_1', position: POSITION }]);
  expect(await releaseParked(log.dataSource, { producer, writer: log.writer }, 'sub_1', POSITION)).toBe(0);
  expect(await releaseParked(log.dataSource, { producer, writer: log.writer }, 'sub_1', POSITION + 2)).toBe(120);
  expect(await releaseParked(log.dataSource, { producer, writer: log.writer }, 'sub_1', POSITION + 2)).toBe(0);
  expect(producer.sent.map((record) => errandOf(record).eventAt - start)).toEqual(Array.from({ length: 120 }, (_, i) => i));
  expect(errandOf(producer.sent[0]!)).toMatchObject({ number: 1, reason: 'unblock', subscriptions: ['sub_1'], retriesUsed: 0, position: POSITION + 2 });
  expect(producer.sent[0]).toMatchObject({ key: 'sub_1', value: Buffer.from('payload of n-0'), headers: { ce_id: 'n-0' } });
});

it('also sends what a slower dispatcher parks after the activation, and at a later activation what Kafka did not accept', async () => {
  await park('late', Date.now(), POSITION + 1);
  const producer = recorder();
  expect(await releaseParked(log.dataSource, { producer, writer: log.writer }, 'sub_1', POSITION + 2)).toBe(1);
  expect(await releaseParked(log.dataSource, { producer, writer: log.writer }, 'sub_1', POSITION + 9)).toBe(121);
});

it('leaves it for the next time when Kafka does not accept it', async () => {
  const failing = { send: () => Promise.reject(new Error('away')) };
  await expect(releaseParked(log.dataSource, { producer: failing, writer: log.writer }, 'sub_1', POSITION + 20)).rejects.toThrow('away');
  expect(await releaseParked(log.dataSource, { producer: recorder(), writer: log.writer }, 'sub_1', POSITION + 20)).toBe(121);
});

it('sends a delivery that was parked when it was sent again by hand, although it had been delivered before', async () => {
  const event = readEvent({ ce_specversion: '1.0', ce_id: 'twice', ce_source: '/orders', ce_type: 'invoice.paid' }, Buffer.from('{}'));
  if ('reason' in event) throw new Error(event.detail);
  const of = ofDelivery({ ceId: 'twice', subscription: 'sub_2' });
  await log.writer.writeEvents([{ event, record: inbound(event.payload, { timestamp: of.eventAt }) }]);
  // The facts lie in two partitions, and are read in the reverse order.
  await log.writer.writeFacts([placed({ fact: 'parked', ...of, at: of.at + 9, position: 10, number: 2, reason: 'blocked' }, 1)]);
  await log.writer.writeFacts([placed(attempted(of, 1, succeeded), 0)]);
  const producer = recorder();
  expect(await subscriptionsWithParked(log.dataSource)).toContainEqual({ subscription: 'sub_2', position: 10 });
  expect(await releaseParked(log.dataSource, { producer, writer: log.writer }, 'sub_2', 11)).toBe(1);
  expect(errandOf(producer.sent[0]!)).toMatchObject({ number: 2, reason: 'unblock', hop: of.at + 9 });
});

it('sends again a delivery that was parked a second time before the activation, and is read after its release: it stayed parked for ever', async () => {
  const event = readEvent({ ce_specversion: '1.0', ce_id: 'parked twice', ce_source: '/orders', ce_type: 'invoice.paid' }, Buffer.from('{}'));
  if ('reason' in event) throw new Error(event.detail);
  const of = ofDelivery({ ceId: 'parked twice', subscription: 'sub_3' });
  const parkedAt = (at: number) => log.writer.writeFacts([placed({ fact: 'parked', ...of, at, position: 10, number: 2, reason: 'blocked' }, 1)]);
  await log.writer.writeEvents([{ event, record: inbound(event.payload, { timestamp: of.eventAt }) }]);
  const producer = recorder();
  const release = () => releaseParked(log.dataSource, { producer, writer: log.writer }, 'sub_3', 11);
  await parkedAt(of.at + 5);
  expect(await release()).toBe(1);
  // The same fact, read again, releases nothing.
  await parkedAt(of.at + 5);
  expect(await release()).toBe(0);
  await parkedAt(of.at + 9);
  expect(await release()).toBe(1);
  expect(producer.sent.map((record) => errandOf(record).hop)).toEqual([of.at + 5, of.at + 9]);
});

it('does not treat as released a delivery that was parked again while it was being sent: it stayed parked for ever', async () => {
  const event = readEvent({ ce_specversion: '1.0', ce_id: 'meanwhile', ce_source: '/orders', ce_type: 'invoice.paid' }, Buffer.from('{}'));
  if ('reason' in event) throw new Error(event.detail);
  const of = ofDelivery({ ceId: 'meanwhile', subscription: 'sub_4' });
  const parkedAt = (at: number) => log.writer.writeFacts([placed({ fact: 'parked', ...of, at, position: 10, number: 2, reason: 'blocked' }, 1)]);
  await log.writer.writeEvents([{ event, record: inbound(event.payload, { timestamp: of.eventAt }) }]);
  await parkedAt(of.at + 5);
  const hops: number[] = [];
  const send = async (_topic: unknown, record: OutboundRecord): Promise<void> => {
    hops.push(errandOf(record).hop);
    if (hops.length === 1) await parkedAt(of.at + 9);
  };
  const release = () => releaseParked(log.dataSource, { producer: { send }, writer: log.writer }, 'sub_4', 11);
  await release();
  await release();
  expect(hops).toEqual([of.at + 5, of.at + 9]);
});
