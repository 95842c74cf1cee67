import { describe, expect, it } from '@jest/globals';
import type { EventType, Principal, Subscription } from '@nuncio/contracts';
import { draft } from '../subscriptions/subscription.js';
import { admissionFaults, simulated, verdictOf } from './simulation.js';

const caller: Principal = { id: 'key_1', role: 'provider', tenant: null, groups: [] };
const paid: EventType = { name: 'paid', description: null, schema: { properties: { total: { type: 'number' } } }, audience: 'addressed', approval: 'required' };
const sub = (more: Partial<Subscription> = {}): Subscription => ({ ...draft({ id: 'sub_1', tenant: 'acme', callback: 'cb_1', eventTypes: ['paid'] }), state: 'activated', ...more });
const event = { tenant: 'acme', data: { total: 12, country: 'DE' }, region: 'eu' };
interface Options {
  readonly given?: object;
  readonly enabled?: boolean;
  readonly suspended?: boolean;
  readonly pausedUntil?: number | null;
}
const verdict = (of: Subscription, { given = event, enabled = true, suspended = false, pausedUntil = null }: Options = {}) => {
  const addressed = simulated(paid, { ...given }, caller);
  const { outcome, reasons } = verdictOf(of, { callback: { enabled, pausedUntil }, now: 1_000, isTenantSuspended: suspended }, addressed, !admissionFaults(addressed).length);
  return [outcome, ...reasons.map(({ code }) => code)];
};

describe('a simulated event', () => {
  it.each<[string, string[], Subscription, Options]>([
    ['is delivered', ['delivered'], sub(), {}],
    ['is delivered where its filter lets it through', ['delivered'], sub({ filter: { exact: { '/data/country': 'DE', region: 'eu' } } }), {}],
    ['is parked', ['parked', 'blocked'], sub({ state: 'blocked', reason: 'http 503' }), {}],
    ['is skipped', ['skipped', 'disabled'], sub(), { enabled: false }],
    ['is held while the callback is paused', ['held', 'paused'], sub(), { pausedUntil: 1_001 }],
    ['is delivered once the pause is over', ['delivered'], sub(), { pausedUntil: 1_000 }],
    ['is not for a draft', ['none', 'inactive'], sub({ state: 'draft' }), {}],
    ['is not covered by *', ['none', 'needs-approval'], sub({ eventTypes: ['*'] }), {}],
    ['is not for others, for every reason there is', ['none', 'other-tenant', 'other-type', 'inactive', 'filtered-out'], sub({ tenant: 'globex', eventTypes: ['sent'], state: 'suspended', filter: { exact: { region: 'us' } } }), {}],
    ['is parked until the subscription is approved again', ['parked', 'awaits-approval'], sub({ state: 'draft', awaitsApproval: true }), {}],
    ['is for nobody whose tenant is suspended', ['none', 'tenant-suspended'], sub(), { suspended: true }],
    ['would be refused', ['none', 'refused'], sub(), { given: { tenant: 'acme', data: { total: '12' } } }],
    ['would be for nobody', ['none', 'refused', 'other-tenant'], sub(), { given: {} }],
  ])('%s', (_, expected, of, options) => {
    expect(verdict(of, options)).toEqual(expected);
  });

  it('would be refused for an unknown tenant', () => {
    const addressed = simulated(paid, { ...event, tenant: 'acme,acmee' }, caller);
    expect(admissionFaults(addressed, (tenant) => tenant === 'acme')).toMatchObject([{ pointer: '/tenant', code: 'unknown-tenant' }]);
    expect(admissionFaults({ ...addressed, type: { ...paid, audience: 'broadcast' } }, () => false)).toEqual([]);
  });

  it('must be a CloudEvent of the type', () => {
    expect(() => simulated(paid, { type: 'sent' }, caller)).toThrow(expect.objectContaining({ code: 'invalid', errors: [expect.objectContaining({ pointer: '/type' })] }));
    expect(() => simulated(paid, { region: {} }, caller)).toThrow(expect.objectContaining({ code: 'invalid', errors: [expect.objectContaining({ code: 'bad-structured' })] }));
  });
});
