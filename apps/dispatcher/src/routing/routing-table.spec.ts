import { describe, expect, it } from '@jest/globals';
import { compileFilter, FilteredEvent, mayHave, SubscriptionState, type AggregateRecord, type EventType, type Filter, type NuncioEvent, type Subscription } from '@nuncio/contracts';
import fc from 'fast-check';
import { RoutingTable } from './routing-table.js';

let position = 0;
const type = (name: string, more: Partial<EventType> = {}): AggregateRecord => ({
  kind: 'event-type',
  id: name,
  position: ++position,
  version: 1,
  at: 0,
  state: { name, description: null, schema: null, audience: 'addressed', approval: 'none', ...more },
});
const subscription = (id: string, tenant: string, eventTypes: string[], state: Subscription['state'] = 'activated'): AggregateRecord => ({
  kind: 'subscription',
  id,
  position: ++position,
  version: 1,
  at: 0,
  state: { id, tenant, callback: 'cb_1', eventTypes, filter: null, state, reason: null, approved: false, awaitsApproval: false, activatedAt: null },
});
const tenant = (id: string, state: 'active' | 'suspended' = 'active'): AggregateRecord => ({ kind: 'tenant', id, position: ++position, version: 1, at: 0, state: { id, name: id, state, reason: null } });
const filtering = (id: string, filter: Filter, eventTypes = ['paid']): AggregateRecord => {
  const record = subscription(id, 'acme', eventTypes);
  return { ...record, state: { ...(record.state as Subscription), filter } } as AggregateRecord;
};
const event = (name: string, ...tenants: string[]): NuncioEvent => ({
  id: 'evt_1',
  publisher: '',
  ceId: '1',
  source: '/',
  type: name,
  time: null,
  tenants,
  contentType: null,
  payload: Buffer.alloc(0),
  attributes: {},
});
const table = (...records: AggregateRecord[]): RoutingTable => {
  const routing = new RoutingTable();
  for (const record of [tenant('acme'), tenant('globex'), ...records]) routing.apply(record);
  return routing;
};
const matched = (routing: RoutingTable, e: NuncioEvent): unknown => {
  const routes = routing.match(e);
  return typeof routes === 'string' || 'misfit' in routes ? routes : routes.map(({ id }) => id).sort();
};

describe('the routing table', () => {
  it('finds the subscriptions of the tenants an event names, by type and by *, each once', () => {
    const routing = table(
      type('paid'),
      subscription('a', 'acme', ['paid', '*']),
      subscription('b', 'acme', ['*']),
      subscription('c', 'globex', ['paid']),
      subscription('d', 'acme', ['other']),
    );
    expect(matched(routing, event('paid', 'acme'))).toEqual(['a', 'b']);
    expect(matched(routing, event('paid', 'acme', 'globex'))).toEqual(['a', 'b', 'c']);
  });

  it('sends a broadcast to all tenants, whatever the event names', () => {
    const routing = table(type('news', { audience: 'broadcast' }), subscription('a', 'acme', ['news']), subscription('b', 'globex', ['*']));
    expect(matched(routing, event('news', 'acme'))).toEqual(['a', 'b']);
  });

  it('never lets * cover a type that requires approval', () => {
    const routing = table(type('salary', { approval: 'required' }), subscription('a', 'acme', ['*']), subscription('b', 'acme', ['salary']));
    expect(matched(routing, event('salary', 'acme'))).toEqual(['b']);
  });

  it('matches what is activated or blocked, and follows every change', () => {
    const routing = table(type('paid'), subscription('a', 'acme', ['paid'], 'draft'), subscription('b', 'acme', ['paid'], 'blocked'));
    expect(matched(routing, event('paid', 'acme'))).toEqual(['b']);
    routing.apply(subscription('a', 'acme', ['paid']));
    routing.apply(subscription('b', 'acme', ['other']));
    expect(matched(routing, event('paid', 'acme'))).toEqual(['a']);
    routing.apply({ ...subscription('a', 'acme', ['paid']), state: null });
    expect(matched(routing, event('paid', 'acme'))).toBe('no-subscription');
  });

  it('leaves out whose filter the event does not pass, and parses its payload once for all of them', () => {
    const eu = (id: string): AggregateRecord => filtering(id, { exact: { '/data/region': 'eu' } });
    const routing = table(type('paid'), eu('a'), eu('b'), filtering('c', { prefix: { source: '/us' } }, ['*']), subscription('d', 'acme', ['paid']));
    const attributes = { source: '/us/1', type: 'paid' };
    const payload = Buffer.from('{"region":"eu"}');
    let reads = 0;
    payload.toString = () => {
      reads++;
      return '{"region":"eu"}';
    };
    expect(matched(routing, { ...event('paid', 'acme'), attributes, payload })).toEqual(['a', 'b', 'c', 'd']);
    expect(reads).toBe(1);
    expect(matched(routing, { ...event('paid', 'acme'), payload: Buffer.from('{"region":"us"}') })).toEqual(['d']);
  });

  it('takes a changed filter, and says so where none lets an event through', () => {
    const routing = table(type('paid'), filtering('a', { exact: { region: 'eu' } }));
    expect(matched(routing, event('paid', 'acme'))).toBe('no-subscription');
    routing.apply(filtering('a', { not: { exact: { region: 'eu' } } }));
    expect(matched(routing, event('paid', 'acme'))).toEqual(['a']);
  });

  it('says of a payload that does not fit the schema of its type where it does not, whoever subscribes', () => {
    const schema = { type: 'object', properties: { total: { type: 'number' } } };
    const routing = table(type('paid', { schema }), subscription('a', 'acme', ['paid']));
    expect(matched(routing, { ...event('paid', 'acme'), payload: Buffer.from('{"total":1.0}') })).toEqual(['a']);
    expect(matched(routing, { ...event('paid', 'acme'), payload: Buffer.from('{"total":"1.0"}') })).toEqual({ misfit: '/data/total must be number' });
    expect(matched(routing, event('paid', 'acme'))).toEqual({ misfit: '/data must be JSON, since its event type has a schema' });
    routing.apply(type('paid', { schema: { type: 'string' } }));
    expect(matched(routing, { ...event('paid', 'acme'), payload: Buffer.from('"x"') })).toEqual(['a']);
  });

  it('parks for what waits to be approved again, and forgets tenants that are suspended', () => {
    const waiting = subscription('a', 'acme', ['paid'], 'draft');
    const routing = table(type('paid'), { ...waiting, state: { ...(waiting.state as Subscription), awaitsApproval: true } } as AggregateRecord, subscription('b', 'globex', ['paid']));
    expect(matched(routing, event('paid', 'acme', 'globex'))).toEqual(['a', 'b']);
    routing.apply(tenant('acme', 'suspended'));
    expect(matched(routing, event('paid', 'acme', 'globex'))).toEqual(['b']);
    routing.apply(tenant('acme', 'active'));
    expect(matched(routing, event('paid', 'acme', 'globex'))).toEqual(['a', 'b']);
  });

  it('finds by its index exactly those that may have the event', () => {
    const names = ['paid', 'salary', 'news'];
    const types = [type('paid'), type('salary', { approval: 'required' }), type('news', { audience: 'broadcast' })];
    const tenants = ['acme', 'globex'];
    const Sub = fc.record({
      tenant: fc.constantFrom(...tenants),
      eventTypes: fc.oneof(fc.constant<string[]>(['*']), fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 })),
      state: fc.constantFrom(...SubscriptionState.options),
      awaitsApproval: fc.boolean(),
      filter: fc.constantFrom<Filter | null>(null, { exact: { '/data/n': 1 } }, { not: { prefix: { source: '/a' } } }),
    });
    const Event = fc.record({ name: fc.constantFrom(...names), tenants: fc.uniqueArray(fc.constantFrom(...tenants)), source: fc.constantFrom('/a', '/b'), n: fc.constantFrom(1, 2) });
    fc.assert(
      fc.property(fc.array(Sub, { maxLength: 12 }), fc.subarray(tenants), Event, (subs, suspended, { name, tenants: named, source, n }) => {
        const records = subs.map(({ tenant: of, eventTypes, state, ...more }, i) => {
          const record = subscription(`s${String(i).padStart(2, '0')}`, of, eventTypes, state);
          return { ...record, state: { ...(record.state as Subscription), ...more } } as AggregateRecord;
        });
        const asked = { ...event(name, ...named), attributes: { source }, payload: Buffer.from(`{"n":${n}}`) };
        const found = matched(table(...types, ...suspended.map((id) => tenant(id, 'suspended')), ...records), asked);
        const { state: of } = types.find(({ id }) => id === name) as { state: EventType };
        const addressed = { type: of, tenants: named, event: new FilteredEvent(asked) };
        const ids = records.filter(({ state }) => {
          const sub = state as Subscription;
          const refusal = mayHave({ subscription: sub, filter: sub.filter && compileFilter(sub.filter, sub.tenant), isTenantSuspended: suspended.includes(sub.tenant) }, addressed);
          return refusal === null || refusal === 'awaits-approval';
        });
        const unaddressed = of.audience === 'addressed' && !named.length;
        expect(found).toEqual(unaddressed ? 'no-tenant' : ids.length ? ids.map(({ id }) => id) : 'no-subscription');
      }),
    );
  });

  it('says why there is nobody', () => {
    expect(matched(table(), event('paid', 'acme'))).toBe('unknown-type');
    expect(matched(table(type('paid')), event('paid'))).toBe('no-tenant');
    expect(matched(table(type('paid')), event('paid', 'acmee'))).toBe('unknown-tenant');
    expect(matched(table(type('paid')), event('paid', 'acmee', 'acme'))).toBe('no-subscription');
    expect(matched(table(type('paid', { audience: 'broadcast' })), event('paid', 'acmee'))).toBe('no-subscription');
  });

  it('delivers to whom it knows of an event that names a stranger too, and tells of the stranger', () => {
    const routing = table(type('paid'), type('news', { audience: 'broadcast' }), subscription('a', 'acme', ['paid', 'news']));
    expect(matched(routing, event('paid', 'acmee', 'acme'))).toEqual(['a']);
    const strangers = [event('paid', 'acme', 'acmee'), event('paid', 'acme', 'globex'), event('news', 'acme', 'acmee')].map((one) => routing.namesStranger(one));
    expect(strangers).toEqual([true, false, false]);
    routing.apply(tenant('acmee'));
    expect(routing.namesStranger(event('paid', 'acme', 'acmee'))).toBe(false);
    routing.apply({ ...tenant('acmee'), state: null });
    expect(routing.namesStranger(event('paid', 'acme', 'acmee'))).toBe(true);
  });

  it('lets no filter ask whom else an event is for', () => {
    const asks: Filter[] = [{ suffix: { tenant: 'globex' } }, { prefix: { tenant: 'acme,' } }, { not: { exact: { tenant: 'acme' } } }, { any: [{ exact: { tenant: 'acme,globex' } }] }];
    const routing = table(type('paid'), type('news', { audience: 'broadcast' }), ...asks.map((filter, n) => filtering(`ask${n}`, filter)), filtering('own', { exact: { tenant: 'acme' } }));
    const named = { ...event('paid', 'acme', 'globex'), attributes: { tenant: 'acme,globex' } };
    expect(matched(routing, named)).toEqual(['own']);
  });
});
