import { expect, it } from '@jest/globals';
import { keptHeaders } from './kept-headers.js';

it('keeps headers as they came, up to 32 KiB', () => {
  const headers = { a: 'b', c: ['d', 'e'], f: 'g'.repeat(32_768 - 7) };
  expect(keptHeaders(headers)).toEqual({ headers: { ...headers } });
});

it('says where they are cut, and cuts a value rather than drop it', () => {
  expect(keptHeaders({ a: 'b', long: 'x'.repeat(100_000), c: 'd' })).toEqual({ headers: { a: 'b', long: 'x'.repeat(32_768 - 6) }, headersTruncated: true });
  const { headers, headersTruncated } = keptHeaders({ 'set-cookie': Array.from({ length: 10_000 }, () => 'abcdefgh'), z: 'z' });
  expect(headersTruncated).toBe(true);
  expect(Object.keys(headers)).toEqual(['set-cookie']);
  expect(headers['set-cookie']).toHaveLength(Math.floor(32_768 / 18));
});

it('keeps the first headers of many', () => {
  const { headers } = keptHeaders(Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`x-${i}`, 'abcdefgh'])));
  expect(Object.keys(headers).slice(0, 2)).toEqual(['x-0', 'x-1']);
  expect(Object.keys(headers).length).toBeLessThan(2_700);
});
