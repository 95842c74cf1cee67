import { expect, it } from '@jest/globals';
import { readIfMatch } from './if-match.js';

it.each([
  [undefined, null],
  ['*', null],
  [' "7" ', [7]],
  ['"7", "8","9"', [7, 8, 9]],
  ['W/"7"', []],
  ['W/"7", "8"', [8]],
  ['7', []],
  ['"x"', []],
  ['"7" "8"', []],
  ['', []],
])('reads If-Match: %s', (header, versions) => {
  expect(readIfMatch(header)).toEqual(versions);
});
