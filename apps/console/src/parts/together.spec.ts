import { expect, it } from '@jest/globals';
import { together } from './together.js';

/** Finds every id that is not `gone`. */
function asked(): { look: (id: string) => Promise<string | null>; requests: string[][] } {
  const requests: string[][] = [];
  const look = together((ids) => {
    requests.push(ids);
    return Promise.resolve(new Map(ids.filter((id) => id !== 'gone').map((id) => [id, id.toUpperCase()])));
  });
  return { look, requests };
}

it('asks once for what is asked for at the same time, each id once', async () => {
  const { look, requests } = asked();
  expect(await Promise.all(['a', 'b', 'a', 'gone'].map(look))).toEqual(['A', 'B', 'A', null]);
  expect(requests).toEqual([['a', 'b', 'gone']]);
  expect(await look('c')).toBe('C');
  expect(requests).toHaveLength(2);
});

it('asks for at most a hundred in one request', async () => {
  const { look, requests } = asked();
  await Promise.all(Array.from({ length: 250 }, (_, n) => look(String(n))));
  expect(requests.map(({ length }) => length)).toEqual([100, 100, 50]);
});

it('fails for everybody who asked, and only for them', async () => {
  let isAway = true;
  const look = together((ids) => (isAway ? Promise.reject(new Error('away')) : Promise.resolve(new Map(ids.map((id) => [id, id])))));
  const both = await Promise.allSettled([look('a'), look('b')]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  isAway = false;
  expect(await look('a')).toBe('a');
});
