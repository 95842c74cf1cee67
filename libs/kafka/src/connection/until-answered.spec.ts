import { expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { untilAnswered } from './until-answered.js';

Logger.overrideLogger(false);

it('asks until it is answered', async () => {
  let asked = 0;
  const ask = (): Promise<number> => (++asked < 3 ? Promise.reject(new Error('no leader')) : Promise.resolve(asked));
  expect(await untilAnswered('it', ask, new AbortController().signal)).toBe(3);
});

it.each([
  ['never answered', () => new Promise<never>(() => undefined)],
  ['refused again and again', () => Promise.reject(new Error('no leader'))],
])('ends when it is told to, although it is %s: a service that took partitions over while Kafka was away did not stop', async (_, ask) => {
  const stopping = new AbortController();
  const answer = untilAnswered('it', ask, stopping.signal);
  stopping.abort();
  expect(await answer).toBeNull();
  expect(await untilAnswered('it', ask, stopping.signal)).toBeNull();
});
