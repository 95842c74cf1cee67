import { expect, it } from '@jest/globals';
import { readChallenge } from './index.js';

it.each([
  [undefined, null],
  ['', null],
  ['Bearer', null],
  ['Bearer realm="hooks"', null],
  ['Basic realm="error=x"', null],
  ['Bearer error="invalid_token"', { error: 'invalid_token', scope: null }],
  ['bearer realm="hooks", error=invalid_token, error_description="revoked"', { error: 'invalid_token', scope: null }],
  ['Bearer realm="hooks",error="insufficient_scope",scope="a b"', { error: 'insufficient_scope', scope: 'a b' }],
  ['Basic realm="x", Bearer error="invalid_token"', { error: 'invalid_token', scope: null }],
  [['Negotiate', 'Bearer error="invalid_token"'], { error: 'invalid_token', scope: null }],
  [`Bearer error="${'x'.repeat(129)}"`, null],
  ['Bearer error="a\u0007b"', null],
  [`Bearer ${'a=b, '.repeat(100_000)}error="late"`, null],
])('reads the challenge %j', (header, expected) => {
  expect(readChallenge(header)).toEqual(expected);
});
