import { expect, it } from '@jest/globals';
import type { Principal } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import { reachOf } from './reach.js';

const callbacks = [
  { id: 'cb_billing', state: { tenant: 'acme', groups: ['billing'] } },
  { id: 'cb_all', state: { tenant: 'acme', groups: [] } },
  { id: 'cb_other', state: { tenant: 'globex', groups: [] } },
];
const view = { all: () => callbacks } as unknown as Pick<ConfigView, 'all'>;

const reach = (role: Principal['role'], tenant: string | null, groups: string[] = []): unknown[] => {
  const values: unknown[] = [];
  reachOf({ id: 'key_1', role, tenant, groups }, view)((value) => `$${values.push(value)}`);
  return values;
};

it('lets admin and provider see everything', () => {
  expect(reach('admin', null)).toEqual([]);
  expect(reach('provider', null)).toEqual([]);
});

it('shows a viewer its whole tenant, callbacks that are gone included', () => {
  expect(reach('viewer', 'acme')).toEqual(['acme']);
});

it('shows a consumer what belongs to callbacks of its tenant and one of its groups', () => {
  expect(reach('consumer', 'acme', ['billing'])).toEqual(['acme', ['cb_billing', 'cb_all']]);
  expect(reach('consumer', 'acme', ['sales'])).toEqual(['acme', ['cb_all']]);
  expect(reach('consumer', 'globex', ['billing'])).toEqual(['globex', ['cb_other']]);
});
