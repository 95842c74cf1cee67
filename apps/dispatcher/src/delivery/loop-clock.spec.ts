import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { loopClock } from './loop-clock.js';

it('counts what the event loop works for less than what it waits', async () => {
  const clock = loopClock();
  const [start, startedAt] = [clock(), performance.now()];
  await pause(200);
  const [waited, waitedUntil] = [clock(), performance.now()];
  while (performance.now() < waitedUntil + 200);
  await pause(2);
  const [worked, workedUntil] = [clock(), performance.now()];
  // Of the time that it took, however busy the machine is.
  expect((waited - start) / (waitedUntil - startedAt)).toBeGreaterThan(0.8);
  expect((worked - waited) / (workedUntil - waitedUntil)).toBeGreaterThan(0.2);
  expect((worked - waited) / (workedUntil - waitedUntil)).toBeLessThan(0.5);
});
