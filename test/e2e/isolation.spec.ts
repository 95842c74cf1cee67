import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { always, Receiver } from '@nuncio/fixtures';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

/** A slow machine may add this much to any wait. */
const BUSY_MS = 20_000;
const BURST = 5_000;
/** Deliveries that wait for a receiver that cannot keep up. */
const BACKLOG = 40;
const OLDEST = Array.from({ length: 40 }, (_, n) => n);

describe('an endpoint in trouble', () => {
  const fleet = sharedFleet();
  let troubled: Receiver;
  let healthy: Receiver;
  beforeEach(async () => ([troubled, healthy] = await Promise.all([Receiver.start(), Receiver.start()])));
  afterEach(() => Promise.all([troubled.close(), healthy.close()]));
  afterAll(() => fleet.cluster.close());

  const numbered = (count: number, from = 0): { payload: string }[] => Array.from({ length: count }, (_, n) => ({ payload: `{"n":${from + n}}` }));
  const numbersAt = (receiver: Receiver): number[] => receiver.requests.map(({ body }) => (JSON.parse(body.toString()) as { n: number }).n);

  it('does not delay others when it hangs, and uses only its own slots', async () => {
    const [bad, good] = await Promise.all([Tenant.create(fleet), Tenant.create(fleet)]);
    const { callback } = await bad.subscribe(troubled, { limits: { concurrency: 8 }, timeoutMs: 30_000 });
    await good.subscribe(healthy, {});
    troubled.answer(always('hang'));
    const start = Date.now();
    for (let round = 0; round < 10; round++) await Promise.all([bad.publish(numbered(100)), good.publish(numbered(10, round * 10))]);
    await eventually(() => {
      expect(new Set(numbersAt(healthy)).size).toBe(100);
    });
    // All of this happened while the first requests hang. Anybody who had waited for them would have waited that long.
    expect(Date.now() - start).toBeLessThan(30_000);
    expect(troubled.requests).toHaveLength(8);
    // Held deliveries are canceled when their hold ends, so that they do not disturb other tests.
    await fleet.api.patch(`/v1/callbacks/${callback}`, { enabled: false });
  });

  it("lets another tenant's event pass a burst of 5,000", async () => {
    const [busy, other] = await Promise.all([Tenant.create(fleet), Tenant.create(fleet)]);
    const { callback } = await busy.subscribe(troubled, { limits: { concurrency: 4 } });
    await other.subscribe(healthy, {});
    troubled.answer(always({ delayMs: 10 })); // at most 400 a second, so 12 s for all of them
    await busy.publish(numbered(BURST));
    await other.publish(numbered(1));
    const before = await eventually(() => {
      expect(healthy.requests).toHaveLength(1);
      return troubled.requests.length;
    });
    expect(before).toBeLessThan(BURST / 2);
    troubled.answer(always({}));
    await fleet.api.patch(`/v1/callbacks/${callback}`, { limits: { concurrency: 64 } });
    // Deliveries held at the former pace arrive when their hold ends, after two minutes at most.
    await eventually(() => {
      expect(new Set(numbersAt(troubled)).size).toBe(BURST);
    });
  });

  it('gets what was held for it within its hold tier and a second after it is back', async () => {
    const tenant = await Tenant.create(fleet);
    await tenant.subscribe(troubled, { limits: { concurrency: 2 }, timeoutMs: 1_000, retry: { delaysSeconds: [60], jitter: 0 } });
    troubled.answer(always('hang'));
    const ids = await tenant.publish(numbered(100));
    await eventually(async () => {
      expect((await holdsOf(tenant)).size).toBeGreaterThan(50);
    });
    troubled.answer(always({}));
    const backAt = Date.now();
    const held = await holdsOf(tenant);
    await eventually(() => {
      for (const ceId of held.keys()) expect(numbersAt(troubled)).toContain(ids.indexOf(ceId));
    });
    const arrivedAt = new Map(troubled.requests.map(({ at }, i) => [ids[numbersAt(troubled)[i] ?? -1], at]));
    const late = [...held].map(([ceId, notBefore]) => (arrivedAt.get(ceId) ?? NaN) - Math.max(backAt, notBefore));
    expect(Math.max(...late)).toBeLessThan(1_000 + BUSY_MS);
  });

  it('gets the oldest deliveries while more arrive than it can handle', async () => {
    const tenant = await Tenant.create(fleet);
    await tenant.subscribe(troubled, { limits: { concurrency: 1 }, timeoutMs: 1_000 });
    troubled.answer(always({ delayMs: 100 })); // at most 10 a second, while at least 20 come
    let published = 0;
    let through = new Set<number>();
    const isMissing = (n: number): boolean => !through.has(n);
    for (const deadline = Date.now() + 120_000; Date.now() < deadline && (published < 160 || OLDEST.some(isMissing)); ) {
      // However fast this machine publishes, there are always some that wait.
      const more = Math.max(2, through.size + BACKLOG - published);
      await tenant.publish(numbered(more, published));
      published += more;
      await delay(100);
      through = new Set(numbersAt(troubled));
    }
    expect(OLDEST.filter(isMissing)).toEqual([]);
    expect(through.size).toBeLessThan(published);
    troubled.answer(always({}));
    await eventually(() => {
      expect(new Set(numbersAt(troubled)).size).toBe(published);
    });
  });

  /** When the last hold of each of a tenant's events ends, by the event's `ce_id`; epoch milliseconds. */
  async function holdsOf(tenant: Tenant): Promise<Map<string, number>> {
    const tiers = await Promise.all(['1s', '5s', '30s'].map((tier) => fleet.cluster.read(`delay.${tier}`)));
    const holds = new Map<string, number>();
    for (const { headers } of tiers.flat()) {
      if (String(headers?.ce_tenant) !== tenant.id) continue;
      const { heldSince, notBefore } = JSON.parse(String(headers?.['nuncio-errand'])) as { heldSince: number | null; notBefore: number };
      const ceId = String(headers?.ce_id);
      if (heldSince !== null) holds.set(ceId, Math.max(holds.get(ceId) ?? 0, notBefore));
    }
    return holds;
  }
});
