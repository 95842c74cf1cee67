import { expect, it } from '@jest/globals';
import { Release } from './release.js';

const turns = (release: Release, count: number, of: number, notBefore: number, perSecond: number | null = null, share = 1): number[] =>
  Array.from({ length: count }, () => release.turn(of, notBefore, perSecond, share) - notBefore);

it('releases what a pause has kept evenly: 50 a second, half of a rate, and of a fleet its share', () => {
  expect(turns(new Release(), 3, 1, 5_000)).toEqual([0, 20, 40]);
  expect(turns(new Release(), 3, 1, 5_000, 10)).toEqual([0, 200, 400]);
  expect(turns(new Release(), 3, 1, 5_000, null, 1 / 4)).toEqual([0, 80, 160]);
});

it('lays over ten minutes what is more than 50 a second could take', () => {
  const all = turns(new Release(), 70_000, 1, 1_000_000);
  expect(Math.max(...all)).toBeLessThan(600_000);
  expect(all.filter((at) => at < 1_000)).toHaveLength(150);
});

it('begins anew where the pause ends at another time', () => {
  const release = new Release();
  turns(release, 1_000, 1, 90_000);
  expect(turns(release, 2, 2, 60_000)).toEqual([0, 20]);
});

it('has nobody wait for turns that passed while nothing came', () => {
  const release = new Release();
  turns(release, 10, 0, 1_000);
  expect(turns(release, 2, 0, 60_000)).toEqual([0, 20]);
});
