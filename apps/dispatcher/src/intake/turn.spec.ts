import { setImmediate as round } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { turn, type Starter } from './turn.js';

it('gives the first one its turn at once, and then one a round of the event loop, in the order they came', async () => {
  const went: number[] = [];
  const all = [1, 2, 3].map(async (n) => {
    await turn('errands');
    went.push(n);
  });
  await Promise.resolve();
  expect(went).toEqual([1]);
  await round();
  expect(went).toEqual([1, 2]);
  await Promise.all(all);
  expect(went).toEqual([1, 2, 3]);
  await round();
});

it('lets kinds alternate: one retry waited for all portions of a fan-out', async () => {
  const went: string[] = [];
  const go = async (starter: Starter, name: string): Promise<void> => {
    await turn(starter);
    went.push(name);
  };
  await Promise.all([...['a', 'b', 'c', 'd'].map((name) => go('fan-out', name)), go('errands', 'errand')]);
  expect(went.slice(0, 3).sort()).toEqual(['a', 'b', 'errand']);
  expect(went.slice(3)).toEqual(['c', 'd']);
  await round();
});

it('lets new events go beside what comes back: one event waited for all that was due', async () => {
  const went: string[] = [];
  const go = async (starter: Starter, name: string): Promise<void> => {
    await turn(starter);
    went.push(name);
  };
  const all = [...['a', 'b', 'c'].map((name) => go('errands', name)), ...['first event', 'second event'].map((name) => go('events', name))];
  await Promise.resolve();
  expect(went).toEqual(['a', 'first event']);
  await round();
  expect(went.slice(2).sort()).toEqual(['b', 'second event']);
  await Promise.all(all);
  await round();
});

it('starts anew when nobody waits', async () => {
  expect(turn('errands')).toBeUndefined();
  await round();
  expect(turn('fan-out')).toBeUndefined();
  await round();
});
