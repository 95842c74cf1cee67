import { expect, it } from '@jest/globals';
import type { InboundRecord } from '@nuncio/kafka';
import { Fence } from '../delivery/fence.js';
import { EventsController, type EventsPorts } from './events.controller.js';
import type { Work } from './errands.js';
import { remaining } from '../testing/remaining.js';
import type { Sighting } from './sighting.js';

const headers = { ce_specversion: '1.0', ce_id: '1', ce_source: '/s', ce_type: 't', 'content-type': 'application/json' };

const eventRecord = { topic: 'nuncio.events', partition: 0, offset: '1', key: null, value: Buffer.from('{}'), headers, timestamp: 1_790_000_000_000 };

/** What becomes of one event with two subscriptions, if the duplicates are answered like this, one question after the other. */
async function read(...answers: readonly (number | null)[][]) {
  const asked: (readonly Sighting[])[] = [];
  const started: Work[] = [];
  const finished: number[] = [];
  const ended = Promise.withResolvers<string>();
  const fence = new Fence(() => Infinity);
  const ports = {
    duplicates: { among: (sightings: readonly Sighting[]) => Promise.resolve(answers[asked.push(sightings) - 1]) },
    duplicateWindowSeconds: 3_600,
    routing: { match: () => [{ id: 'sub_1' }, { id: 'sub_2' }], namesStranger: () => false },
    errands: { start: (work: Work) => Promise.resolve(started.push(work) > 0) },
    recorder: { until: () => ({}) },
    workFence: fence,
  } as unknown as EventsPorts;
  const record: InboundRecord = {
    ...eventRecord,
    split: () => ({ isDone: () => false, done: (part: number) => void finished.push(part) }),
    done: () => { ended.resolve('done'); },
    abandon: () => { ended.resolve('abandoned'); },
  };
  const { signal } = new AbortController();
  await new EventsController(ports).onEvents({ topic: 'events', partition: 0, records: [record], signal, lost: signal });
  expect(await ended.promise).toBe('done');
  return { asked, finished, started: started.map(({ errand: { hop }, pending }) => ({ hop, pending })) };
}

it('delivers an event that is read for the first time without a question for each delivery', async () => {
  const { asked, started } = await read([0]);
  expect(asked).toHaveLength(1);
  expect(started).toEqual([{ hop: 0, pending: [0, 1] }]);
});

it('drops a second copy', async () => {
  const { started } = await read([null]);
  expect(started).toEqual([]);
});

it('leaves the deliveries of an event that is read again to the holds that a former owner wrote, if these are read first', async () => {
  const { asked, finished, started } = await read([1], [null, 1]);
  expect(asked[1]?.map(({ hop, place }) => ({ hop, place }))).toEqual([1, 1].map((hop) => ({ hop, place: 'nuncio.events-0-1' })));
  expect(finished).toEqual([0]);
  expect(started).toEqual([{ hop: 1, pending: [1] }]);
  expect((await read([1], [null, null])).started).toEqual([]);
});

it('stands higher than the holds of all former owners, if it is read before them', async () => {
  const { started } = await read([1], [1, 3]);
  expect(started).toEqual([{ hop: 3, pending: [0, 1] }]);
});

it('keeps no finished record in memory: one delivery that was slow kept all records that had come with its own', async () => {
  const { signal } = new AbortController();
  const slow = Promise.withResolvers<boolean>();
  const known: WeakRef<InboundRecord>[] = [];
  let [begun, done] = [0, 0];
  const ports = {
    duplicateWindowSeconds: 0,
    routing: { match: () => [{ id: 'sub_1' }], namesStranger: () => false },
    errands: { start: () => (begun++ === 0 ? slow.promise : Promise.resolve(true)) },
    recorder: { until: () => ({}) },
    workFence: new Fence(() => Infinity),
  } as unknown as EventsPorts;
  const recordOf = (): InboundRecord => {
    const record = { ...eventRecord, split: () => ({ isDone: () => false, done: () => undefined }), done: () => { done += 1; }, abandon: () => undefined };
    known.push(new WeakRef(record));
    return record;
  };
  await new EventsController(ports).onEvents({ topic: 'events', partition: 0, records: Array.from({ length: 50 }, recordOf), signal, lost: signal });
  expect(await remaining(known, () => done === 49)).toBe(1);
  slow.resolve(true);
});
