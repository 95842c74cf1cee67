import { expect, it } from '@jest/globals';
import { ERRAND_HEADER, FAILURE_HEADER, readEvent, tiers, type Errand, type NuncioEvent, type Topic } from '@nuncio/contracts';
import type { InboundRecord, OutboundRecord } from '@nuncio/kafka';
import { Fence } from '../delivery/fence.js';
import { remaining } from '../testing/remaining.js';
import { ErrandsController, type ErrandsPorts } from './errands.controller.js';
import { firstErrand } from './resolve.js';

const NOW = 1_790_000_000_000;
const HOUR_MS = 3_600_000;
const ce = { ce_specversion: '1.0', ce_id: '1', ce_source: '/s', ce_type: 't', 'content-type': 'application/json' };
const value = Buffer.from('{}');
const event = readEvent(ce, value) as NuncioEvent;

/** A retry of one delivery that is due in so many milliseconds, and what becomes of it by a clock that can be put. */
function retryDueIn(dueInMs: number, over: Partial<Errand> = {}, turnMs = 0) {
  const clock = { now: NOW };
  const went = Promise.withResolvers<string>();
  const recorder = { travel: async (topic: Topic) => { went.resolve(topic.name); } };
  const fence = new Fence(() => Infinity);
  const ports = {
    producer: { send: (_: Topic, { headers }: OutboundRecord) => Promise.reject(new Error(String(headers?.[FAILURE_HEADER]))) },
    duplicates: { among: () => Promise.resolve([0]) },
    bulkhead: { turnMs: () => turnMs },
    errands: { start: async () => { went.resolve('started'); } },
    recorder: { until: () => recorder },
    view: { position: 1, waitFor: () => Promise.resolve(true) },
    workFence: fence,
    delayFence: fence,
    now: () => clock.now,
  } as unknown as ErrandsPorts;
  const errand: Errand = { ...firstErrand(event, NOW, ['sub_1']), reason: 'retry', notBefore: NOW + dueInMs, number: 2, ...over };
  const headers = { ...ce, [ERRAND_HEADER]: JSON.stringify(errand) };
  const record: InboundRecord = { topic: 'nuncio.delay.1s', partition: 0, offset: '1', key: null, value, headers, timestamp: NOW, split: () => ({ isDone: () => false, done: () => undefined }), done: () => undefined, abandon: () => { went.resolve('abandoned'); } };
  const stop = new AbortController();
  const controller = new ErrandsController(ports);
  const take = (records: readonly InboundRecord[]): Promise<void> => controller.onDelayed({ topic: 'delay.1s', partition: 0, records: [...records], signal: stop.signal, lost: stop.signal });
  return { clock, stop, record, take, went: went.promise };
}

it('starts a retry that is due in a moment when it is, and leaves it to the next owner when it is to stop', async () => {
  const due = retryDueIn(300);
  await due.take([due.record]);
  due.clock.now += 300;
  expect(await due.went).toBe('started');
  const stopped = retryDueIn(1_500);
  await stopped.take([stopped.record]);
  stopped.stop.abort();
  expect(await stopped.went).toBe('abandoned');
});

it('lets a delivery that comes back from a hold wait for its turn, once', async () => {
  const { record, take, went } = retryDueIn(0, { heldSince: NOW - 1_000, of: { tenant: 'acme', application: '', callback: 'cb_1' } }, 300);
  const began = performance.now();
  await take([record]);
  expect(await went).toBe('started');
  expect(performance.now() - began).toBeGreaterThan(290);
});

it('sends a retry back into a tier when the clock is put back in its last seconds: it stayed in memory, and held up its partition, for an hour', async () => {
  const { clock, record, take, went } = retryDueIn(300);
  await take([record]);
  clock.now -= HOUR_MS;
  expect(tiers.map(({ topic }) => topic.name)).toContain(await went);
});

it('reads the batch of one partition in a round of the event loop: what came due on all at once held up everybody else', async () => {
  const { record, take } = retryDueIn(0);
  const perRound: number[] = [];
  let read = 0;
  const counted = { ...record, get value() { return (read += 1, value); } };
  const taken = Promise.all(Array.from({ length: 6 }, () => take(Array<InboundRecord>(64).fill(counted))));
  while (read < 6 * 64) {
    const before = read;
    await new Promise(setImmediate);
    perRound.push(read - before);
  }
  await taken;
  // A round may begin between two of ours.
  expect(Math.max(...perRound)).toBeLessThanOrEqual(2 * 64);
});

it('keeps no finished record in memory while another delivery of its batch is slow', async () => {
  const { signal } = new AbortController();
  const slow = Promise.withResolvers<boolean>();
  const known: WeakRef<InboundRecord>[] = [];
  let [begun, done] = [0, 0];
  const ports = {
    duplicates: { among: (sightings: readonly unknown[]) => Promise.resolve(sightings.map(() => 0)) },
    errands: { start: () => (begun++ === 0 ? slow.promise : Promise.resolve(true)) },
    view: { position: 1 },
    workFence: new Fence(() => Infinity),
    now: () => NOW,
  } as unknown as ErrandsPorts;
  const headers = { ...ce, [ERRAND_HEADER]: JSON.stringify(firstErrand(event, NOW, ['sub_1'])) };
  const recordOf = (): InboundRecord => {
    const record = { topic: 'nuncio.deliveries', partition: 0, offset: '1', key: null, value, headers, timestamp: NOW, split: () => ({ isDone: () => false, done: () => undefined }), done: () => { done += 1; }, abandon: () => undefined };
    known.push(new WeakRef(record));
    return record;
  };
  await new ErrandsController(ports).onDeliveries({ topic: 'deliveries', partition: 0, records: Array.from({ length: 50 }, recordOf), signal, lost: signal });
  expect(await remaining(known, () => done === 49)).toBe(1);
  slow.resolve(true);
});
