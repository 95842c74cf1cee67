import { expect, it } from '@jest/globals';
import type { Signal, Subscription } from '@nuncio/contracts';
import type { CallbackState } from '../callbacks/callback.js';
import { draft } from '../subscriptions/subscription.js';
import { decideBlock, decideGone } from './decisions.js';

const signal = (more: Partial<Signal> = {}): Signal => ({ signal: 'exhausted', subscription: 'sub_1', callback: 'cb_1', tenant: 'acme', position: 7, at: 1_000, errorClass: 'http', status: 503, ...more });
const seen = (position: number, state: Subscription['state'] = 'activated') => ({ position, state: { ...draft({ id: 'sub_1', tenant: 'acme', callback: 'cb_1', eventTypes: ['*'], filter: null }), state } });

it('blocks an active subscription and says why in class and status', () => {
  expect(decideBlock(seen(7), signal())).toEqual([{ type: 'moved', data: { move: 'block', to: 'blocked', reason: 'http 503' } }]);
  expect(decideBlock(seen(7), signal({ errorClass: 'timeout', status: null }))).toMatchObject([{ data: { reason: 'timeout' } }]);
});

it('never blocks again what was unblocked after the dispatcher looked', () => {
  expect(decideBlock(seen(8), signal())).toEqual([]);
});

it('leaves a subscription alone that is not active', () => {
  expect(decideBlock(seen(7, 'suspended'), signal())).toEqual([]);
});

it('disables a callback that is gone, unless somebody edited it since', () => {
  const at = (ms: number, enabled = true) => ({ updatedAt: new Date(ms), state: { enabled } as CallbackState });
  expect(decideGone(at(999), signal())).toEqual([{ type: 'changed', data: { enabled: false, disabledReason: 'gone' } }]);
  expect(decideGone(at(1_000), signal())).toEqual([]);
  expect(decideGone(at(1, false), signal())).toEqual([]);
});
