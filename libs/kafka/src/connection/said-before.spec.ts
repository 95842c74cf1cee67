import { expect, it } from '@jest/globals';
import { saidBefore } from './said-before.js';

it('lets a line through once a minute: while Kafka was away, kafkajs said the same twice a second', () => {
  let now = 0;
  const isOld = saidBefore({ now: () => now });
  const said: number[] = [];
  for (; now < 180_000; now += 500) if (!isOld('Failed to connect to seed broker')) said.push(now);
  expect(said).toEqual([0, 60_000, 120_000]);
  expect([isOld('another'), isOld('another')]).toEqual([false, true]);
});

it('forgets the oldest of many lines', () => {
  const isOld = saidBefore({ now: () => 0 });
  for (let n = 0; n < 300; n += 1) isOld(`line ${n}`);
  expect([isOld('line 299'), isOld('line 0')]).toEqual([true, false]);
});
