import { expect, it } from '@jest/globals';
import { Due, type Progress } from './due.js';

const partition = (dueEnd: number, watermark: number, finished = 0, topic = 'events'): Progress => ({ topic, partition: 0, dueEnd, watermark, finished });
const late = (due: Due, progress: Progress, at: number): number | undefined => due.look([progress], at)[0]?.lateMs;

it('counts what is due and not finished, by partition', () => {
  const lags = new Due().look([partition(100, 40, 10), partition(7, 7, 0, 'deliveries'), partition(5, 9, 0, 'delay.1s')], 0);
  expect(lags.map(({ topic, records }) => [topic, records])).toEqual([['events', 50], ['deliveries', 0], ['delay.1s', 0]]);
});

it('counts one slow record as one, even if later records are finished', () => {
  expect(new Due().look([partition(20_001, 0, 20_000)], 0)).toMatchObject([{ records: 1 }]);
});

it('says since when the oldest unfinished record is due, and nothing once all are finished', () => {
  const due = new Due();
  expect(late(due, partition(10, 0), 1_000)).toBe(0);
  expect(late(due, partition(20, 5), 11_000)).toBe(10_000);
  // What was due at the first look is finished. The rest is known since the second.
  expect(late(due, partition(20, 15), 21_000)).toBe(10_000);
  expect(due.look([partition(20, 20)], 31_000)).toMatchObject([{ records: 0, lateMs: 0 }]);
  expect(late(due, partition(30, 20), 41_000)).toBe(0);
});

it('forgets no record during a long standstill', () => {
  const due = new Due();
  for (let n = 0; n <= 1_000; n++) due.look([partition(1_000 + n, 3)], n * 10_000);
  expect(late(due, partition(3_000, 3), 10_010_000)).toBe(10_010_000);
});
