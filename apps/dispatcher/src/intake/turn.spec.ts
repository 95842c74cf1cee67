import { setImmediate as round } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { DELIVERIES_A_TURN, turn, type Starter } from './turn.js';

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

it('lets small portions share a round: each of them took one by itself, so that single events waited for each other', async () => {
  const went: string[] = [];
  const go = async (starter: Starter, name: string, deliveries: number): Promise<void> => {
    await turn(starter, deliveries);
    went.push(name);
  };
  const all = [go('errands', 'nearly a turn', DELIVERIES_A_TURN - 4), go('errands', 'one', 1), go('errands', 'four', 4), go('fan-out', 'a fan-out', 1_000), go('errands', 'two', 2)];
  await Promise.resolve();
  expect(went).toEqual(['nearly a turn', 'one']);
  await round();
  expect(went.slice(2).sort()).toEqual(['a fan-out']);
  await Promise.all(all);
  expect(went.slice(3)).toEqual(['four', 'two']);
  await round();
});

it('starts no more in one round than a full turn has', async () => {
  let started = 0;
  const all = Array.from({ length: 200 }, async () => {
    await turn('events', 3);
    started += 3;
  });
  await Promise.resolve();
  for (let before = 0; started < 600; before = started) {
    if (before > 0) await round();
    expect(started - before).toBeLessThanOrEqual(DELIVERIES_A_TURN);
  }
  await Promise.all(all);
  await round();
});

it('starts anew when nobody waits', async () => {
  expect(turn('errands')).toBeUndefined();
  await round();
  expect(turn('fan-out')).toBeUndefined();
  await round();
});
