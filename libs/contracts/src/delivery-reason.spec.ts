import { expect, it } from '@jest/globals';
import { codeOfReason, DeliveryReason, REASON_SENTENCES } from './delivery-reason.js';

it('has a code for each sentence, and one sentence for each code', () => {
  const sentences = Object.entries(REASON_SENTENCES);
  expect(sentences.map(([, sentence]) => codeOfReason(sentence))).toEqual(sentences.map(([code]) => code));
  expect(DeliveryReason.options.filter((code) => !(code in REASON_SENTENCES))).toEqual(['canceled-by-hand', 'other']);
});

it.each([
  [null, null],
  ['it was canceled by key_1', 'canceled-by-hand'],
  ['it was canceled by hand', 'canceled-by-hand'],
  ['what a later release says', 'other'],
])('says of %s: %s', (sentence, code) => {
  expect(codeOfReason(sentence)).toBe(code);
});
