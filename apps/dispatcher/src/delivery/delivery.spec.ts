import { expect, it } from '@jest/globals';
import { AttemptReason, type Errand } from '@nuncio/contracts';
import { backSince, errandOf, retryOf, type Delivery } from './delivery.js';

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

it('carries on what a newer release wrote into its errand, and nothing of what this one would say itself', () => {
  const errand = { ...({ fresh: true, cancel: true } as Partial<Errand>), ofTheNextRelease: 1 } as unknown as Errand;
  const delivery = { event: { id: 'evt_1' }, subscription: { id: 'sub_1' }, endpoint: { callback: { id: 'cb_1' } }, errand, hop: 3 } as Delivery;
  for (const next of [errandOf(delivery, { notBefore: 9 }), retryOf(delivery, 5, 9)]) {
    expect(next).toMatchObject({ ofTheNextRelease: 1, notBefore: 9 });
    expect(next).not.toHaveProperty('fresh');
    expect(next).not.toHaveProperty('cancel');
  }
});
