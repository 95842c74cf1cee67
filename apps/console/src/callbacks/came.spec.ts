import { expect, it } from '@jest/globals';
import { came } from './came.js';

const NONE = { total: 0, pending: 0, delivered: 0, failed: 0, parked: 0, held: 0, canceled: 0, skipped: 0, expired: 0 };

it('adds up what has ended, and leaves out what waits or was given up on purpose', () => {
  const points = [{ deliveries: { ...NONE, total: 12, delivered: 6, failed: 1, pending: 5 } }, { deliveries: { ...NONE, total: 9, expired: 1, canceled: 3, skipped: 5 } }, { deliveries: null }];
  expect(came(points)).toEqual({ ended: 8, lost: 2, share: '75%' });
});

it('never rounds a loss away', () => {
  expect(came([{ deliveries: { ...NONE, delivered: 99_999, failed: 1 } }]).share).toBe('99.99%');
  expect(came([{ deliveries: { ...NONE, delivered: 100_000 } }]).share).toBe('100%');
});

it('has no share while nothing has ended', () => {
  expect(came([{ deliveries: { ...NONE, total: 4, pending: 4 } }])).toEqual({ ended: 0, lost: 0, share: null });
});
