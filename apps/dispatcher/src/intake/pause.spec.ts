import { expect, it, jest } from '@jest/globals';
import { pause } from './pause.js';

it('ends after its time, or when its signal is aborted, before or meanwhile', async () => {
  const stop = new AbortController();
  await pause(1, stop.signal);
  const ended: string[] = [];
  const long = pause(3_600_000, stop.signal).then(() => ended.push('long'));
  await pause(5, stop.signal).then(() => ended.push('short'));
  stop.abort();
  await long;
  await pause(3_600_000, stop.signal);
  expect(ended).toEqual(['short', 'long']);
});

it('listens to a signal once, however many wait: each listener that is added looks at all others', async () => {
  const stop = new AbortController();
  const [added, removed] = [jest.spyOn(stop.signal, 'addEventListener'), jest.spyOn(stop.signal, 'removeEventListener')];
  const all = Array.from({ length: 1_000 }, (_, ms) => pause(ms < 500 ? 1 : 3_600_000, stop.signal));
  await Promise.all(all.slice(0, 500));
  stop.abort();
  await Promise.all(all);
  expect([added.mock.calls.length, removed.mock.calls.length]).toEqual([1, 0]);
});
