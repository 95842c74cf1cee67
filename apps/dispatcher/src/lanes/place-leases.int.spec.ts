import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import { connectRedis } from '@nuncio/token-store';
import { LeasedPlaces } from './leased-places.js';
import { PlaceLeases } from './place-leases.js';

const prefix = `test-${randomBytes(6).toString('hex')}`;
const redis = connectRedis(process.env.REDIS_URL ?? '');
await new Promise((resolve) => redis.once('ready', resolve));
const now = (): number => performance.now();

afterAll(async () => {
  const keys = await redis.keys(`${prefix}:*`);
  if (keys.length) await redis.del(keys);
  redis.disconnect();
});

const REQUEST_MS = 20;
/** Long enough for all places to be in use even on a slow machine. */
const LONGEST_MS = 20_000;

/**
 * Runs processes that always want to send, each with so many of 12 partitions, for `forMs` and until so many requests were in flight together.
 * Returns the highest number in flight.
 */
async function fleet(callback: string, total: number, partitions: readonly number[], forMs: number, until: number, asked = redis) {
  let together = 0;
  let most = 0;
  const startedAt = now();
  const isOver = (): boolean => now() > startedAt + (most < until ? LONGEST_MS : forMs);
  const done = await Promise.all(
    partitions.map(
      (owned, n) =>
        new Promise<number>((resolve) => {
          let [inFlight, sent] = [0, 0];
          const leases = new PlaceLeases({ redis: asked, prefix, now });
          const from = partitions.slice(0, n).reduce((sum, one) => sum + one, 0);
          const ownedPartitions = { owned: Array.from({ length: owned }, (_, i) => from + i), count: 12 };
          const places: LeasedPlaces = new LeasedPlaces(callback, {
            demand: () => ({ total, inFlight, queued: isOver() ? 0 : 1_000 }),
            ownedPartitions: () => ownedPartitions,
            lease: (...about) => leases.lease(callback, ...about),
            wake: () => { go(); },
          });
          const go = (): void => {
            while (!isOver() && places.admits()) {
              inFlight += 1;
              sent += 1;
              most = Math.max(most, (together += 1));
              setTimeout(() => {
                inFlight -= 1;
                together -= 1;
                places.ended();
                go();
              }, REQUEST_MS);
            }
          };
          go();
          const timer = setInterval(() => {
            if (!isOver() || inFlight > 0) return;
            clearInterval(timer);
            resolve(sent);
          }, REQUEST_MS);
        }),
    ),
  );
  return { most, done };
}

describe('the places of a callback', () => {
  it('are never more than its concurrency over three processes, all of them in use, and a single one goes round', async () => {
    const [one, two, many] = await Promise.all([
      fleet('cb_1', 1, [4, 4, 4], 4_000, 1),
      fleet('cb_2', 2, [6, 3, 3], 4_000, 2),
      fleet('cb_32', 32, [4, 4, 4], 4_000, 32),
    ]);
    expect([one.most, two.most, many.most]).toEqual([1, 2, 32]);
    for (const { done } of [one, two, many]) for (const sent of done) expect(sent).toBeGreaterThan(5);
  });

  it('are all of the one process that has a use for them, but for half of what belongs to the others', async () => {
    const { most } = await fleet('cb_idle', 32, [3], 1_000, 4 + 16);
    expect(most).toBe(4 + 16);
  });

  it('come back from a process that is gone', async () => {
    const [gone, here] = [new PlaceLeases({ redis, prefix, now }), new PlaceLeases({ redis, prefix, now })];
    expect(await gone.lease('cb_gone', 1, 0, 1)).toBe(1);
    expect(await here.lease('cb_gone', 1, 0, 1)).toBe(0);
    await pause(3_100);
    expect(await here.lease('cb_gone', 1, 0, 1)).toBe(1);
  });

  it('come back from a process that was gone when the clock of Redis was put back: they were its own until it was as late again', async () => {
    await redis.set(`${prefix}:places:cb_clock`, JSON.stringify({ gone: { has: 4, wants: 4, since: 0, ends: Date.now() + 3_600_000 } }), 'EX', 60);
    expect(await new PlaceLeases({ redis, prefix, now }).lease('cb_clock', 4, 0, 4)).toBe(4);
  });

  it("are each process's share, at least one, while Redis is away", async () => {
    const nobody = connectRedis('redis://127.0.0.1:1');
    const { most } = await fleet('cb_away', 16, [6, 3, 0], 500, 8 + 4 + 1, nobody);
    expect(most).toBe(8 + 4 + 1);
    nobody.disconnect();
  });
});
