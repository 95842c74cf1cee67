import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { loopClock } from './loop-clock.js';

it('counts what the event loop works for less than what it waits', async () => {
  const clock = loopClock();
  const start = clock();
  await pause(200);
  const waited = clock();
  const busyUntil = performance.now() + 200;
  while (performance.now() < busyUntil);
  await pause(2);
  const worked = clock();
  expect(worked - waited).toBeGreaterThan(40);
  expect(worked - waited).toBeLessThan((waited - start) / 1.5);
});
