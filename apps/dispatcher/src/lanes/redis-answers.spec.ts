import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Logger, type LoggerService } from '@nestjs/common';
import { RedisAnswers } from './redis-answers.js';

const lines: string[] = [];
const write = (message: string): void => {
  lines.push(message);
};
beforeEach(() => {
  Logger.overrideLogger({ log: write, warn: write, error: write } satisfies LoggerService);
});
afterEach(() => {
  Logger.overrideLogger(false);
  lines.length = 0;
});

it('says once, and then each minute, that Redis does not answer, and when it answers again: it was a line every five seconds', async () => {
  let now = 0;
  let isAway = true;
  let asked = 0;
  const ask = (): Promise<string> => {
    asked += 1;
    return isAway ? Promise.reject(new Error('connect ECONNREFUSED')) : Promise.resolve('answer');
  };
  const answers = new RedisAnswers('Spec', 'each process counts by itself', () => now);
  for (; now < 125_000; now += 1_000) expect(await answers.to(ask)).toBeNull();
  expect(asked).toBe(25);
  expect(lines).toEqual(Array.from({ length: 3 }, () => 'Redis does not answer, each process counts by itself: Error: connect ECONNREFUSED'));
  isAway = false;
  now += 5_000;
  expect([await answers.to(ask), await answers.to(ask)]).toEqual(['answer', 'answer']);
  expect(lines.slice(3)).toEqual(['Redis answers again']);
});
