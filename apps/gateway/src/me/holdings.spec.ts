import { expect, it } from '@jest/globals';
import type { AggregateRecord } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import { Holdings } from './holdings.js';

it("counts a tenant's callbacks and subscriptions as they come, change and go", () => {
  let change: (record: AggregateRecord) => void = () => undefined;
  const there = { callback: ['cb_1', 'cb_2'], subscription: ['sub_1'] };
  const view = { all: (kind: keyof typeof there) => there[kind].map((id) => ({ id, state: { tenant: 'acme' } })), onChange: (listener: typeof change) => { change = listener; } } as unknown as Pick<ConfigView, 'all' | 'onChange'>;
  const holdings = new Holdings(view);
  const set = (kind: string, id: string, tenant: string | null): void => { change({ kind, id, state: tenant && { tenant } } as unknown as AggregateRecord); };
  const counts = (tenant: string): number[] => [holdings.of(tenant, 'callback'), holdings.of(tenant, 'subscription')];
  expect([counts('acme'), counts('globex')]).toEqual([[2, 1], [0, 0]]);
  set('callback', 'cb_2', 'acme');
  set('callback', 'cb_3', 'globex');
  set('credential', 'cred_1', 'acme');
  expect([counts('acme'), counts('globex')]).toEqual([[2, 1], [1, 0]]);
  for (const id of ['cb_1', 'cb_1', 'cb_2', 'cb_9']) set('callback', id, null);
  expect(counts('acme')).toEqual([0, 1]);
});
