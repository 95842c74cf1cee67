import { describe, expect, it } from '@jest/globals';
import { SubscriptionState, type Subscription } from '@nuncio/contracts';
import type { Change } from '../event-store/aggregate.js';
import { allowedMoves, moves, type MoveName } from './moves.js';
import { draft, edit, isAdmitted, move, subscription, takeBack, verified, type Wanted } from './subscription.js';

const at = (state: SubscriptionState, more: Partial<Subscription> = {}): Subscription => ({ ...draft({ id: 'sub_1', tenant: 'acme', callback: 'cb_1', eventTypes: ['invoice.paid'] }), state, ...more });

const after = (before: Subscription, change: Change, position = 9): Subscription => subscription.evolve(before, { ...change, position, at: 0 })!;

it.each(SubscriptionState.options)('moves out of %s only as the table says, and names what is allowed', (state) => {
  const movable = (Object.keys(moves) as MoveName[]).filter((name) => name !== 'edit' && name !== 'delete');
  for (const name of movable) {
    if (allowedMoves(state).includes(name)) expect(after(at(state), move(state, name)).state).toBeDefined();
    else expect(() => move(state, name)).toThrow(expect.objectContaining({ code: 'illegal-move', message: `${name} is not possible in the state ${state}, which allows: ${allowedMoves(state).join(', ')}` }));
  }
});

it('follows the table of the contract', () => {
  expect(Object.fromEntries(SubscriptionState.options.map((state) => [state, allowedMoves(state).join(' ')]))).toEqual({
    draft: 'edit verify delete',
    validated: 'edit verify activate suspend delete',
    'ready-to-submit': 'edit verify submit delete',
    submitted: 'approve reject delete',
    approved: 'activate suspend delete',
    rejected: 'edit delete',
    activated: 'edit deactivate suspend block',
    deactivated: 'edit activate suspend delete',
    suspended: 'unsuspend delete',
    blocked: 'edit verify deactivate suspend unblock delete',
  });
});

it('stores the position of its last activation, which releases parked events', () => {
  const activated = after(at('validated'), move('validated', 'activate'), 5);
  expect(activated).toMatchObject({ state: 'activated', activatedAt: 5 });
  const blocked = after(activated, move('activated', 'block', 'http 503'), 6);
  expect(blocked).toMatchObject({ state: 'blocked', reason: 'http 503', activatedAt: 5 });
  const tried = after(blocked, move('blocked', 'verify', null, verified('blocked', false)), 7);
  expect(tried).toMatchObject({ state: 'blocked', reason: 'http 503', activatedAt: 5 });
  expect(after(tried, move('blocked', 'unblock'), 8)).toMatchObject({ state: 'activated', reason: null, activatedAt: 8 });
});

const edited = (before: Subscription, given: Partial<Wanted>, required: readonly string[] = []): Subscription => edit(before, given, (name) => required.includes(name)).reduce((state, change) => after(state, change), before);

it('keeps its approval while it is deactivated', () => {
  const approved = after(at('submitted'), move('submitted', 'approve'));
  const deactivated = after(after(approved, move('approved', 'activate')), move('activated', 'deactivate', 'holidays'));
  expect(deactivated).toMatchObject({ state: 'deactivated', approved: true, reason: 'holidays' });
});

it('starts again after an edit, loses its approval, and changes nothing with the same values', () => {
  expect(edited(at('rejected', { reason: 'no', activatedAt: 3 }), { eventTypes: ['*'] })).toMatchObject({ state: 'draft', approved: false, reason: null, eventTypes: ['*'], activatedAt: null });
  for (const state of ['rejected', 'activated'] as const) expect(edit(at(state), { eventTypes: ['invoice.paid'], filter: null, callback: 'cb_1' }, () => true)).toEqual([]);
});

it.each(['activated', 'blocked', 'deactivated'] as const)('is edited in place while it is %s, except for what an approval is needed for, or was given for', (state) => {
  const before = at(state, { approved: true, activatedAt: 4, reason: 'so' });
  expect(edited(before, { eventTypes: ['*'], callback: 'cb_2' })).toEqual({ ...before, eventTypes: ['*'], callback: 'cb_2' });
  const mixed = { ...before, eventTypes: ['salary', 'invoice.paid'] };
  const ofItsOwn = expect.objectContaining({ code: 'conflict', message: expect.stringContaining('salary') as unknown }) as unknown as Error;
  expect(() => edited(before, { eventTypes: ['invoice.paid', 'salary'] }, ['salary'])).toThrow(ofItsOwn);
  expect(() => edited(mixed, { filter: { exact: { region: 'eu' } } }, ['salary'])).toThrow(ofItsOwn);
  expect(() => edited(mixed, { callback: 'cb_2' }, ['salary'])).toThrow(ofItsOwn);
  expect(edited(mixed, { eventTypes: ['salary', 'news'] }, ['salary'])).toEqual({ ...mixed, eventTypes: ['salary', 'news'] });
  expect(edited(mixed, { eventTypes: ['invoice.paid'], callback: 'cb_2' }, ['salary'])).toEqual({ ...mixed, eventTypes: ['invoice.paid'], callback: 'cb_2' });
});

describe('whose receiver is another', () => {
  const taken = (before: Subscription): Subscription => takeBack(before, 'the origin of its callback was changed').reduce((state, change) => after(state, change), before);
  const active = at('activated', { approved: true, activatedAt: 4 });

  it.each(SubscriptionState.options)('loses all verification and approval, out of %s', (state) => {
    const before = { ...active, state };
    if (state === 'draft') expect(taken(before)).toBe(before);
    else expect(taken(before)).toMatchObject({ state: state === 'suspended' ? 'suspended' : 'draft', approved: false, activatedAt: null, awaitsApproval: state === 'activated' || state === 'blocked' });
    if (state !== 'draft') expect(isAdmitted(taken(before))).toBe(false);
  });

  it('waits for a new approval in every state on the way to it, and no longer', () => {
    const waiting = taken(taken(active));
    expect(waiting).toMatchObject({ reason: 'the origin of its callback was changed', awaitsApproval: true });
    const ready = after(waiting, move('draft', 'verify', null, 'ready-to-submit'));
    const submitted = after(ready, move('ready-to-submit', 'submit'));
    const approved = after(submitted, move('submitted', 'approve'));
    expect([ready, submitted, approved, taken(submitted)].map(({ awaitsApproval }) => awaitsApproval)).toEqual([true, true, true, true]);
    expect(after(approved, move('approved', 'activate'), 12)).toMatchObject({ state: 'activated', approved: true, awaitsApproval: false, activatedAt: 12 });
    const others = [after(submitted, move('submitted', 'reject')), after(approved, move('approved', 'suspend')), edited(waiting, { eventTypes: ['*'] })];
    expect(others.map(({ awaitsApproval }) => awaitsApproval)).toEqual([false, false, false]);
  });
});

it('moves from verification to approval if a type requires it', () => {
  expect(verified('draft', false)).toBe('validated');
  expect(verified('validated', true)).toBe('ready-to-submit');
});
