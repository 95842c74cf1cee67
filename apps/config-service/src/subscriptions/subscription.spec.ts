import { expect, it } from '@jest/globals';
import { SubscriptionState, type Subscription } from '@nuncio/contracts';
import type { Change } from '../event-store/aggregate.js';
import { allowedMoves, moves, type MoveName } from './moves.js';
import { draft, edit, move, subscription, verified } from './subscription.js';

const at = (state: SubscriptionState, more: Partial<Subscription> = {}): Subscription => ({ ...draft({ id: 'sub_1', tenant: 'acme', callback: 'cb_1', eventTypes: ['invoice.paid'] }), state, ...more });

const after = (before: Subscription, change: Change, position = 9): Subscription => subscription.evolve(before, { ...change, position, at: 0 })!;

it.each(SubscriptionState.options)('moves out of %s only where the table says so, and names what is allowed', (state) => {
  const movable = (Object.keys(moves) as MoveName[]).filter((name) => name !== 'edit' && name !== 'delete');
  for (const name of movable) {
    if (allowedMoves(state).includes(name)) expect(after(at(state), move(state, name)).state).toBeDefined();
    else expect(() => move(state, name)).toThrow(expect.objectContaining({ code: 'illegal-move', message: `${name} is not possible in the state ${state}, which allows: ${allowedMoves(state).join(', ')}` }));
  }
});

it('has the table of the contract', () => {
  expect(Object.fromEntries(SubscriptionState.options.map((state) => [state, allowedMoves(state).join(' ')]))).toEqual({
    draft: 'edit verify delete',
    validated: 'edit verify activate suspend delete',
    'ready-to-submit': 'edit verify submit delete',
    submitted: 'approve reject delete',
    approved: 'activate suspend delete',
    rejected: 'edit delete',
    activated: 'deactivate suspend block',
    deactivated: 'edit activate suspend delete',
    suspended: 'unsuspend delete',
    blocked: 'verify deactivate suspend unblock delete',
  });
});

it('remembers where it was last activated, which is what releases the parked', () => {
  const activated = after(at('validated'), move('validated', 'activate'), 5);
  expect(activated).toMatchObject({ state: 'activated', activatedAt: 5 });
  const blocked = after(activated, move('activated', 'block', 'http 503'), 6);
  expect(blocked).toMatchObject({ state: 'blocked', reason: 'http 503', activatedAt: 5 });
  const tried = after(blocked, move('blocked', 'verify', null, verified('blocked', false)), 7);
  expect(tried).toMatchObject({ state: 'blocked', reason: 'http 503', activatedAt: 5 });
  expect(after(tried, move('blocked', 'unblock'), 8)).toMatchObject({ state: 'activated', reason: null, activatedAt: 8 });
});

it('keeps its approval while it is deactivated, and loses it with an edit', () => {
  const approved = after(at('submitted'), move('submitted', 'approve'));
  const deactivated = after(after(approved, move('approved', 'activate')), move('activated', 'deactivate', 'holidays'));
  expect(deactivated).toMatchObject({ state: 'deactivated', approved: true, reason: 'holidays' });
  expect(after(deactivated, edit('deactivated', { eventTypes: ['*'] }))).toMatchObject({ state: 'draft', approved: false, reason: null, eventTypes: ['*'] });
});

it('is verified towards approval where a type requires it', () => {
  expect(verified('draft', false)).toBe('validated');
  expect(verified('validated', true)).toBe('ready-to-submit');
});
