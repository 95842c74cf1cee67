import { expect, it } from '@jest/globals';
import { endOfKey } from './api-key.js';

const HOUR_MS = 3_600_000;
const now = Date.UTC(2026, 0, 1);

it('a key that expires makes no key that outlives it, so that its holder keeps nothing', () => {
  const maker = { expiresAt: now + HOUR_MS };
  expect(endOfKey(maker, undefined)).toBe(now + HOUR_MS);
  expect(endOfKey(maker, now + 1)).toBe(now + 1);
  expect(() => endOfKey(maker, now + HOUR_MS + 1)).toThrow(expect.objectContaining({ code: 'invalid', errors: [expect.objectContaining({ pointer: '/expiresAt' })] }));
});

it('a key without an expiry may make keys with one or without', () => {
  for (const maker of [undefined, {}, { expiresAt: null }]) expect([endOfKey(maker, undefined), endOfKey(maker, now)]).toEqual([null, now]);
});
