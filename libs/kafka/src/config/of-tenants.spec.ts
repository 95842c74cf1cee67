import { expect, it } from '@jest/globals';
import type { AggregateRecord } from '@nuncio/contracts';
import fc from 'fast-check';
import { OfTenants } from './of-tenants.js';

it('knows what each tenant has, whatever is made, changed and deleted', () => {
  const change = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), tenant: fc.constantFrom('acme', 'globex', null) });
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const index = new OfTenants();
      const now = new Map<string, string | null>();
      for (const { id, tenant } of changes) {
        index.note({ id, state: tenant === null ? null : { tenant } } as Pick<AggregateRecord, 'id' | 'state'>);
        now.set(id, tenant);
      }
      for (const tenant of ['acme', 'globex']) expect([...index.of(tenant)].sort()).toEqual([...now].filter(([, one]) => one === tenant).map(([id]) => id).sort());
    }),
  );
});
