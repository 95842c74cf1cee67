import { expect, it } from '@jest/globals';
import { AttemptReason } from '@nuncio/contracts';
import { backSince, type Delivery } from './delivery.js';

it('takes what somebody asks for for what comes back, and retries for what comes in its own time', () => {
  const since = (more: Partial<Delivery>) => backSince({ reason: 'first', heldSince: null, ...more } as Delivery, 9);
  expect(AttemptReason.options.map((reason) => [reason, since({ reason })])).toEqual([
    ['first', null],
    ['retry', null],
    ['resend', 9],
    ['unblock', 9],
    ['recover', 9],
    ['replay', 9],
  ]);
  expect([since({ heldSince: 5 }), since({ heldSince: 5, reason: 'replay' })]).toEqual([5, 5]);
});
