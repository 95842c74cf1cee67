import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { loopClock } from './loop-clock.js';

it('counts what the event loop works for less than what it waits', async () => {
  const clock = loopClock();
  const [start, startedAt] = [clock(), performance.now()];
  await pause(400);
  const [waited, waitedUntil] = [clock(), performance.now()];
  while (performance.now() < waitedUntil + 200);
  const [worked, workedUntil] = [clock(), performance.now()];
  // Relative to the elapsed time, since a busy machine makes the loop wait longer, and delays it afterwards.
  expect((waited - start) / (waitedUntil - startedAt)).toBeGreaterThan(0.5);
  expect((worked - waited) / (workedUntil - waitedUntil)).toBeCloseTo(0.25, 1);
});
