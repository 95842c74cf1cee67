import { expect, it } from '@jest/globals';
import type { AggregateRecord, EventType, Subscription } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import { FanOut } from './fan-out.js';

const type = (name: string, approval: EventType['approval'] = 'none'): EventType => ({ name, description: null, schema: null, audience: 'addressed', approval });
const subscription = (id: string, eventTypes: string[], state: Subscription['state'] = 'activated', tenant = 'acme'): Subscription =>
  ({ id, tenant, callback: 'cb_1', eventTypes, filter: null, state, reason: null, approved: false, awaitsApproval: false, activatedAt: 1 });

it('counts the active subscriptions of a tenant that may want an event, as they change', () => {
  let change: (record: AggregateRecord) => void = () => undefined;
  const there = [subscription('sub_1', ['invoice.paid', 'invoice.void']), subscription('sub_2', ['*']), subscription('sub_3', ['invoice.paid'], 'draft'), subscription('sub_4', ['invoice.paid'], 'activated', 'globex')];
  const view = { all: () => there.map((state) => ({ id: state.id, state })), onChange: (listener: typeof change) => { change = listener; } } as unknown as Pick<ConfigView, 'all' | 'onChange'>;
  const fanOut = new FanOut(view);
  const set = (id: string, state: Subscription | null): void => { change({ kind: 'subscription', id, position: 1, version: 1, at: 1, state }); };
  expect([fanOut.of('acme', type('invoice.paid')), fanOut.of('acme', type('order.made')), fanOut.of('acme', type('salary.paid', 'required')), fanOut.of('nobody', type('invoice.paid'))]).toEqual([2, 1, 0, 0]);
  set('sub_3', subscription('sub_3', ['invoice.paid'], 'blocked'));
  set('sub_1', subscription('sub_1', ['invoice.void']));
  expect(fanOut.of('acme', type('invoice.paid'))).toBe(2);
  for (const id of ['sub_1', 'sub_2', 'sub_3']) set(id, null);
  expect([fanOut.of('acme', type('invoice.void')), fanOut.of('globex', type('invoice.paid'))]).toEqual([0, 1]);
});
