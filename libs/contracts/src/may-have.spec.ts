import { describe, expect, it } from '@jest/globals';
import { SubscriptionState, type EventType, type Subscription } from './aggregates/index.js';
import { compileFilter, FilteredEvent, type Filter } from './filter/index.js';
import { covers, mayHave, refusals, takesPart, type Addressed, type Candidate, type Refusal } from './may-have.js';

const paid: EventType = { name: 'paid', description: null, schema: null, audience: 'addressed', approval: 'none' };
const salary: EventType = { ...paid, name: 'salary', approval: 'required' };
const news: EventType = { ...paid, name: 'news', audience: 'broadcast' };

const candidate = (more: Partial<Subscription> = {}, isTenantSuspended = false): Candidate => {
  const subscription: Subscription = {
    id: 'sub_1',
    tenant: 'acme',
    callback: 'cb_1',
    eventTypes: ['paid'],
    filter: null,
    state: 'activated',
    reason: null,
    approved: false,
    awaitsApproval: false,
    activatedAt: 1,
    ...more,
  };
  return { subscription, filter: subscription.filter && compileFilter(subscription.filter, subscription.tenant), isTenantSuspended };
};
const event = (type = paid, tenants: readonly string[] = ['acme']): Addressed & { type: EventType } => ({
  type,
  tenants,
  event: new FilteredEvent({ tenants: [], attributes: { region: 'eu' }, contentType: null, payload: Buffer.from('{}') }),
});
const us: Filter = { exact: { region: 'us' } };

describe('whether a subscription may have an event', () => {
  it.each<[string, Refusal | null, Candidate, Addressed]>([
    ['may', null, candidate(), event()],
    ['may, and is parked for, while it is blocked', null, candidate({ state: 'blocked' }), event()],
    ['may where its filter lets it through', null, candidate({ filter: { not: us } }), event()],
    ['may have a broadcast, whatever it names', null, candidate({ eventTypes: ['news'] }), event(news, [])],
    ['may by *', null, candidate({ eventTypes: ['*'] }), event()],
    ['may by name what has come to require approval since it was activated', null, candidate({ eventTypes: ['salary'] }), event(salary)],
    ['not what * does not cover', 'needs-approval', candidate({ eventTypes: ['*'], approved: true }), event(salary)],
    ['not of a type that is gone', 'unknown-type', candidate({ eventTypes: ['*'] }), { ...event(), type: undefined }],
    ['not what names others', 'other-tenant', candidate(), event(paid, ['globex', 'acme-2'])],
    ['not another type', 'other-type', candidate(), event(news)],
    ['not while its tenant is suspended', 'tenant-suspended', candidate({}, true), event()],
    ['not what its filter keeps out', 'filtered-out', candidate({ filter: us }), event()],
    ['not before it is approved again', 'awaits-approval', candidate({ state: 'draft', awaitsApproval: true }), event()],
    ['not what would not wait either', 'filtered-out', candidate({ state: 'draft', awaitsApproval: true, filter: us }), event()],
    ['not what would wait under a suspended tenant', 'tenant-suspended', candidate({ state: 'draft', awaitsApproval: true }, true), event()],
  ])('%s', (_, expected, asked, of) => {
    expect(mayHave(asked, of)).toBe(expected);
    const { type } = of;
    if (type) expect(refusals(asked, { ...of, type })[0] ?? null).toBe(expected);
  });

  it.each(SubscriptionState.options)('depends on the state: %s', (state) => {
    const takes = state === 'activated' || state === 'blocked';
    expect(mayHave(candidate({ state, approved: true }), event())).toBe(takes ? null : 'inactive');
    expect(takesPart(candidate({ state }))).toBe(takes);
    expect(takesPart(candidate({ state }, true))).toBe(false);
  });

  it('gives every reason', () => {
    expect(refusals(candidate({ state: 'suspended', filter: us, tenant: 'globex' }, true), event(news, []))).toEqual(['other-type', 'tenant-suspended', 'inactive', 'filtered-out']);
  });

  it('covers types by name, and with * those that require no approval', () => {
    expect([covers(['paid', 'salary'], salary), covers(['*'], paid), covers(['*'], salary), covers(['news'], paid)]).toEqual([true, true, false, false]);
  });
});
