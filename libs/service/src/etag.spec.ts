import { expect, it } from '@jest/globals';
import { readIfMatch } from './etag.js';

it.each([
  [undefined, null],
  ['*', null],
  ['"7"', 7],
  // Weak tags never match here (RFC 9110 §13.1.1), and what is no tag of ours is no version of anything.
  ['W/"7"', 0],
  ['7', 0],
  ['"abc"', 0],
])('reads If-Match: %s as %s', (header, version) => {
  expect(readIfMatch(header)).toBe(version);
});
