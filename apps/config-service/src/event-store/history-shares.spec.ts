import { expect, it } from '@jest/globals';
import type { Principal } from '@nuncio/contracts';
import { HistoryShares } from './history-shares.js';

const of = (tenant: string | null): Principal => ({ id: 'key_1', role: tenant === null ? 'admin' : 'consumer', tenant, groups: [] });

it('lets a tenant add so much to the history of configuration a day, and leaves others alone', () => {
  const shares = new HistoryShares(86_400);
  const add = (tenant: string | null, now: number): boolean => {
    try {
      shares.refuseBeyond(of(tenant), now);
    } catch (error) {
      expect(error).toMatchObject({ code: 'too-many-requests', retryAfterSeconds: expect.any(Number) });
      return false;
    }
    shares.charge(of(tenant), [{ of: 'x'.repeat(7_600) }], now);
    return true;
  };
  // Each is 8,633 bytes with what stands beside the data.
  expect(Array.from({ length: 12 }, () => add('acme', 0)).filter(Boolean)).toHaveLength(11);
  expect(add('acme', 1_000)).toBe(false);
  expect([add('globex', 0), add('acme', 86_400_000)]).toEqual([true, true]);
  expect(Array.from({ length: 50 }, () => add(null, 0)).every(Boolean)).toBe(true);
});
