import { expect, it } from '@jest/globals';
import { codeOfReason } from './reason.js';

it.each([
  ['the origin of its callback was changed', 'callback-origin-changed'],
  ['the signing of its callback was changed', 'signing-changed'],
  ['http 503', 'attempt-failed'],
  ['timeout', 'attempt-failed'],
  ['The contract has ended.', null],
  ['http 5030', null],
  [null, null],
])('has the code of %s, if Nuncio wrote it', (reason, code) => {
  expect(codeOfReason(reason)).toBe(code);
});
