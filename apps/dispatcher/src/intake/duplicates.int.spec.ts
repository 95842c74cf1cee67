import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ownServers, startRedisCluster } from '@nuncio/embedded';
import { Secret } from '@nuncio/sealing';
import { connectRedis, RedisEnv } from '@nuncio/token-store';
import fc from 'fast-check';
import { Duplicates } from './duplicates.js';
import { hopOf, type Sighting } from './sighting.js';

const prefix = `test-${randomBytes(6).toString('hex')}`;
const redis = connectRedis(process.env.REDIS_URL ?? '');
await new Promise((resolve) => redis.once('ready', resolve));

afterAll(async () => {
  const keys = await redis.keys(`${prefix}*`);
  if (keys.length) await redis.del(keys);
  redis.disconnect();
});

const seen = (key: string, place: string, hop: number | null = null, seconds = 60): Sighting => ({ key, hop, place, seconds });
const REPETITION = null;

describe('second copies', () => {
  it('are told from first ones and from a record that is read again, over processes and within a batch', async () => {
    const [one, other] = [new Duplicates(redis, prefix), new Duplicates(redis, prefix)];
    expect(await one.among([seen('a', 'events-0-1'), seen('b', 'events-0-2'), seen('a', 'events-0-3')])).toEqual([0, 0, REPETITION]);
    expect(await other.among([seen('a', 'events-0-1'), seen('b', 'events-1-9'), seen('c', 'events-1-10')])).toEqual([1, REPETITION, 0]);
    expect(await redis.ttl(`${prefix}:seen:c`)).toBeGreaterThan(50);
  });

  it('are found for everybody who asks in the same moment, however many they are', async () => {
    const duplicates = new Duplicates(redis, prefix);
    const batch = (partition: number): Sighting[] => Array.from({ length: 2_500 }, (_, n) => seen(`k${n}`, `events-${partition}-${n}`));
    const [first, second] = await Promise.all([duplicates.among(batch(0)), duplicates.among(batch(1))]);
    expect(first).toEqual(Array.from({ length: 2_500 }, () => 0));
    expect(second).toEqual(Array.from({ length: 2_500 }, () => REPETITION));
  });

  it('are found in a cluster, whose keys are of as many slots', async () => {
    const servers = await ownServers('duplicates');
    const { nodes, password } = await startRedisCluster(servers);
    const cluster = connectRedis({ REDIS_CLUSTER: RedisEnv.REDIS_CLUSTER.parse(nodes), REDIS_PASSWORD: new Secret(password) });
    await new Promise((resolve) => cluster.once('ready', resolve));
    const [one, other] = [new Duplicates(cluster, prefix), new Duplicates(cluster, prefix)];
    const batch = (partition: number): Sighting[] => Array.from({ length: 300 }, (_, n) => seen(`k${n}`, `events-${partition}-${n}`));
    expect(await one.among(batch(0))).toEqual(batch(0).map(() => 0));
    expect(await other.among([seen('new', 'events-1-0'), ...batch(1)])).toEqual([0, ...batch(1).map(() => REPETITION)]);
    cluster.disconnect();
    await servers.stop();
  });

  it('are not asked for with Redis away', async () => {
    const away = connectRedis('redis://127.0.0.1:1');
    expect(await new Duplicates(away, prefix).among([seen('a', 'events-9-9')])).toBeNull();
    away.disconnect();
  });
});

describe('a step', () => {
  it('is judged as `hopOf` does, whatever is seen in whichever order, in one batch or in many', async () => {
    const sighting = fc.record({
      key: fc.constantFrom('d1:1', 'd1:2', 'd2:1'),
      hop: fc.oneof(fc.nat(3), fc.integer({ min: 1_790_000_000_000, max: 1_790_000_000_003 })),
      place: fc.constantFrom('n.delay.1s-0-1', 'n.delay.1s-0-2', 'n.deliveries-3-7'),
      seconds: fc.constant(60),
      waits: fc.boolean(),
      insteadOf: fc.option(fc.nat(3)),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(sighting, { maxLength: 6 }), { maxLength: 8 }), async (batches) => {
        const duplicates = new Duplicates(redis, `${prefix}-${run++}`);
        const known = new Map<string, Sighting>();
        for (const batch of batches) {
          const expected = batch.map((now) => {
            const hop = hopOf(known.get(now.key) ?? null, now);
            if (hop !== null) known.set(now.key, { ...now, hop });
            return hop;
          });
          expect(await duplicates.among(batch)).toEqual(expected);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('has one key, however often it is held, and each hop renews it to what that hop lasts', async () => {
    const duplicates = new Duplicates(redis, `${prefix}-held`);
    for (let hop = 0; hop < 50; hop++) expect(await duplicates.among([seen('dlv_1:1', `n.delay.30s-0-${hop}`, hop, hop === 0 ? 3_600 : 600 + hop)])).toEqual([hop]);
    expect(await redis.keys(`${prefix}-held:*`)).toEqual([`${prefix}-held:seen:dlv_1:1`]);
    const left = await redis.ttl(`${prefix}-held:seen:dlv_1:1`);
    expect(left).toBeGreaterThan(600);
    expect(left).toBeLessThanOrEqual(649);
  });

  it('of a dispatcher of 0.1.0 is known by its place, which stays what that release compares', async () => {
    const duplicates = new Duplicates(redis, prefix);
    await redis.set(`${prefix}:seen:evt_old`, 'n.events-0-1', 'EX', 60);
    expect(await duplicates.among([seen('evt_old', 'n.events-0-1'), seen('evt_old', 'n.events-0-2')])).toEqual([1, REPETITION]);
    expect(await redis.get(`${prefix}:seen:evt_old`)).toBe('n.events-0-1');
  });
});
