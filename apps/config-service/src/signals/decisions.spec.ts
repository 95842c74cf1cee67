import { expect, it } from '@jest/globals';
import type { Signal, Subscription } from '@nuncio/contracts';
import type { CallbackState } from '../callbacks/callback.js';
import { draft } from '../subscriptions/subscription.js';
import { decideBlock, decideGone } from './decisions.js';

const signal = (more: Partial<Signal> = {}): Signal => ({ signal: 'exhausted', subscription: 'sub_1', callback: 'cb_1', tenant: 'acme', position: 7, callbackPosition: null, at: 1_000, errorClass: 'http', status: 503, ...more });
const seen = (position: number, state: Subscription['state'] = 'activated') => ({ position, state: { ...draft({ id: 'sub_1', tenant: 'acme', callback: 'cb_1', eventTypes: ['*'], filter: null }), state } });

it('blocks an active subscription and says why by class and status', () => {
  expect(decideBlock(seen(7), signal())).toEqual([{ type: 'moved', data: { move: 'block', to: 'blocked', reason: 'http 503' } }]);
  expect(decideBlock(seen(7), signal({ errorClass: 'timeout', status: null }))).toMatchObject([{ data: { reason: 'timeout' } }]);
});

it('does not block again what was unblocked after the dispatcher looked', () => {
  expect(decideBlock(seen(8), signal())).toEqual([]);
});

it('leaves alone a subscription that is not active', () => {
  expect(decideBlock(seen(7, 'suspended'), signal())).toEqual([]);
});

it('disables a callback that is gone, unless somebody edited it since the dispatcher looked: the clocks of two machines were compared', () => {
  const at = (position: number, enabled = true) => ({ position, state: { enabled } as CallbackState });
  const gone = { type: 'changed', data: { enabled: false, disabledReason: 'gone' } };
  expect(decideGone(at(9), signal({ callbackPosition: 9, at: 0 }))).toEqual([gone]);
  expect(decideGone(at(10), signal({ callbackPosition: 9, at: Number.MAX_SAFE_INTEGER }))).toEqual([]);
  expect(decideGone(at(9, false), signal({ callbackPosition: 9 }))).toEqual([]);
  expect(decideGone(at(7), signal())).toEqual([gone]);
  expect(decideGone(at(8), signal())).toEqual([]);
  expect(decideGone(at(9), signal({ signal: 'failing', callbackPosition: 9 }))).toMatchObject([{ data: { enabled: false, disabledReason: 'failing' } }]);
});
