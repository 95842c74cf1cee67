import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { connectRedis } from '@nuncio/token-store';
import { RateLeases } from './rate-leases.js';
import { LeasedRate } from './leased-rate.js';

const prefix = `test-${randomBytes(6).toString('hex')}`;
const redis = connectRedis(process.env.REDIS_URL ?? '');
await new Promise((resolve) => redis.once('ready', resolve));
const now = (): number => performance.now();

afterAll(async () => {
  const keys = await redis.keys(`${prefix}:*`);
  if (keys.length) await redis.del(keys);
  redis.disconnect();
});

/** The highest number within any span of that length. */
const busiest = (times: readonly number[], spanMs: number): number => Math.max(...times.map((from, i) => times.slice(i).filter((at) => at < from + spanMs).length));

describe('leases of a rate', () => {
  it('give a fleet of three no more than 5 % above its rate in four seconds, however eager it is', async () => {
    const [perSecond, seconds] = [200, 4];
    const sent: number[] = [];
    const endAt = now() + (seconds + 1) * 1_000;
    await Promise.all(
      [0, 1, 2].map(
        () =>
          new Promise<void>((resolve) => {
            const leases = new RateLeases({ redis, prefix, share: () => 1, now });
            const go = (): void => {
              while (now() < endAt && rate.take(1_000, 10_000)) sent.push(now());
              if (now() >= endAt) resolve();
            };
            const rate = new LeasedRate(perSecond, { lease: (...asked) => leases.lease('cb_fleet', ...asked), now, wake: go });
            go();
          }),
      ),
    );
    expect(busiest(sent, seconds * 1_000)).toBeLessThanOrEqual(1.05 * perSecond * seconds);
    // Starts that a busy machine is too late for are lost.
    expect(sent.length).toBeGreaterThan(0.2 * perSecond * seconds);
  });

  it('never give two processes the same place', async () => {
    const fleet = [0, 1, 2].map(() => new RateLeases({ redis, prefix, share: () => 1, now }));
    const leases = await Promise.all(
      Array.from({ length: 30 }, async (_, n) => {
        const askedAt = now();
        const { startsInMs, intervalMs, count } = await fleet[n % 3]!.lease('cb_1', 100, 5, 60_000);
        const answeredAt = now();
        const lastInMs = startsInMs + (count - 1) * intervalMs;
        return { count, askedAt, answeredAt, lastAt: { notBefore: askedAt + lastInMs, notAfter: answeredAt + lastInMs } };
      }),
    );
    expect(leases.reduce((sum, { count }) => sum + count, 0)).toBe(150);
    // One every 100 ms; the first may be 25 ms ago.
    const [begun, first] = [Math.min(...leases.map(({ askedAt }) => askedAt)), Math.min(...leases.map(({ answeredAt }) => answeredAt))];
    expect(Math.max(...leases.map(({ lastAt }) => lastAt.notAfter)) - begun).toBeGreaterThan(149 * 100 - 30);
    expect(Math.max(...leases.map(({ lastAt }) => lastAt.notBefore)) - first).toBeLessThanOrEqual(149 * 100 + 1);
  });

  it('begin at once where nothing was sent for long, and end with their schedule', async () => {
    const leases = new RateLeases({ redis, prefix, share: () => 1, now });
    const askedAt = now();
    expect((await leases.lease('cb_2', 1_000, 2, 60_000)).startsInMs).toBeLessThanOrEqual(0);
    const { startsInMs } = await leases.lease('cb_2', 1_000, 1, 60_000);
    expect(startsInMs).toBeGreaterThan(1_970 - (now() - askedAt));
    expect(startsInMs).toBeLessThanOrEqual(2_000);
    const left = await redis.pttl(`${prefix}:rate:cb_2:1`);
    expect(left).toBeGreaterThan(2_970 - (now() - askedAt));
    expect(left).toBeLessThanOrEqual(4_000);
  });

  it('leave a place alone that is further away than anybody would wait, whoever asks how often', async () => {
    const leases = new RateLeases({ redis, prefix, share: () => 1, now });
    expect(await leases.lease('cb_4', 100_000, 1, 10_000)).toMatchObject({ count: 1 });
    for (let n = 0; n < 3; n++) {
      const { startsInMs, count } = await leases.lease('cb_4', 100_000, 1, 10_000);
      expect(count).toBe(0);
      expect(startsInMs).toBeGreaterThan(98_000);
      expect(startsInMs).toBeLessThanOrEqual(100_000);
    }
  });

  it('begin anew where the clock of Redis was put back: nobody had a place until it was as late again', async () => {
    const leases = new RateLeases({ redis, prefix, share: () => 1, now });
    await redis.set(`${prefix}:rate:cb_clock:10`, String((Date.now() + 3_600_000) * 1_000), 'EX', 60);
    expect(await leases.lease('cb_clock', 100, 5, 30_000)).toMatchObject({ count: 5 });
    const { startsInMs } = await leases.lease('cb_clock', 100, 1, 30_000);
    expect(startsInMs).toBeLessThan(600);
  });

  it("are of this process's share while Redis is away, and it is left in peace", async () => {
    const nobody = connectRedis('redis://127.0.0.1:1');
    let time = 0;
    const leases = new RateLeases({ redis: nobody, prefix, share: () => 0.25, now: () => time });
    expect(await leases.lease('cb_3', 100, 2, 60_000)).toEqual({ startsInMs: 0, intervalMs: 400, count: 2 });
    time += 300;
    expect(await leases.lease('cb_3', 100, 1, 60_000)).toEqual({ startsInMs: 500, intervalMs: 400, count: 1 });
    nobody.disconnect();
  });
});
