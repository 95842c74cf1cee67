import { expect, it } from '@jest/globals';
import { Places, type Place } from './places.js';

const takeAll = (places: Places, whose: string | null): Place[] => {
  const taken: Place[] = [];
  for (let place = places.take(whose); place; place = places.take(whose)) taken.push(place);
  return taken;
};

it('leaves the next one a place, however many have taken all they can', () => {
  const places = new Places(256);
  expect(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((tenant) => takeAll(places, tenant).length)).toEqual([128, 64, 32, 16, 8, 4, 2, 1]);
});

it('gives back what is left, once', () => {
  const places = new Places(10);
  const taken = takeAll(places, 'a');
  expect(taken).toHaveLength(5);
  for (const place of [...taken, ...taken]) place.leave();
  expect(takeAll(places, 'b')).toHaveLength(5);
  expect(takeAll(places, 'c')).toHaveLength(3);
});

it('refuses the installation itself nothing that there is', () => {
  const places = new Places(10);
  takeAll(places, 'a');
  expect(takeAll(places, null)).toHaveLength(5);
  expect(places.take('b')).toBeNull();
});
