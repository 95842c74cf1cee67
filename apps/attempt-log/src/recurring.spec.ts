import { expect, it } from '@jest/globals';
import { Recurring } from './recurring.js';

it('goes on after a failure, which it reports once, and waits for the run in progress when it is stopped', async () => {
  const outcomes = ['well', 'bad', 'bad', 'well', 'bad'];
  const failures: unknown[] = [];
  const last = Promise.withResolvers<undefined>();
  const begun = Promise.withResolvers<undefined>();
  let isOver = false;
  const recurring = new Recurring({
    nextInMs: () => 0,
    onFailure: (error) => failures.push(error),
    work: async () => {
      const outcome = outcomes.shift();
      if (outcome === 'bad') throw new Error(outcome);
      if (outcome === 'well') return;
      begun.resolve(undefined);
      await last.promise;
      isOver = true;
    },
  });
  recurring.start();
  await begun.promise;
  const stopped = recurring.stop();
  expect([recurring.isStopping, isOver, failures.length]).toEqual([true, false, 2]);
  last.resolve(undefined);
  await stopped;
  expect(isOver).toBe(true);
});

it('has worked once when it has started, if asked to', async () => {
  let runs = 0;
  const work = (): Promise<void> => {
    runs += 1;
    return Promise.resolve();
  };
  const recurring = new Recurring({ nextInMs: () => 3_600_000, onFailure: () => undefined, work });
  await recurring.startNow();
  expect(runs).toBe(1);
  await recurring.stop();
});

it('asks again how long to wait when it is told to hurry', async () => {
  let nextInMs = 3_600_000;
  const worked = Promise.withResolvers<undefined>();
  const recurring = new Recurring({ nextInMs: () => nextInMs, onFailure: () => undefined, work: async () => { worked.resolve(undefined); await Promise.resolve(); } });
  recurring.start();
  nextInMs = 0;
  recurring.hurry();
  await worked.promise;
  nextInMs = 3_600_000;
  await recurring.stop();
  recurring.hurry();
});
