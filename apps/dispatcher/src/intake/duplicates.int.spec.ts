import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { connectRedis } from '@nuncio/token-store';
import { Duplicates } from './duplicates.js';

const prefix = `test-${randomBytes(6).toString('hex')}`;
const redis = connectRedis(process.env.REDIS_URL ?? '');
await new Promise((resolve) => redis.once('ready', resolve));

afterAll(async () => {
  const keys = await redis.keys(`${prefix}:*`);
  if (keys.length) await redis.del(keys);
  redis.disconnect();
});

describe('second copies', () => {
  it('are told from first ones and from a record that is read again, over processes and within a batch', async () => {
    const [one, other] = [new Duplicates(redis, prefix, 60), new Duplicates(redis, prefix, 60)];
    const seen = (key: string, place: string): { key: string; place: string } => ({ key, place });
    expect(await one.among([seen('a', 'events-0-1'), seen('b', 'events-0-2'), seen('a', 'events-0-3')])).toEqual([false, false, true]);
    expect(await other.among([seen('a', 'events-0-1'), seen('b', 'events-1-9'), seen('c', 'events-1-10')])).toEqual([false, true, false]);
    expect(await redis.ttl(`${prefix}:seen:c`)).toBeGreaterThan(50);
  });

  it('are found for everybody who asks in the same moment', async () => {
    const duplicates = new Duplicates(redis, prefix, 60);
    const batch = (partition: number): { key: string; place: string }[] =>
      Array.from({ length: 1_000 }, (_, n) => ({ key: `k${n}`, place: `events-${partition}-${n}` }));
    const [first, second] = await Promise.all([duplicates.among(batch(0)), duplicates.among(batch(1))]);
    expect(first).toEqual(Array.from({ length: 1_000 }, () => false));
    expect(second).toEqual(Array.from({ length: 1_000 }, () => true));
  });

  it('are not asked for with Redis away, nor when the window is 0', async () => {
    const away = connectRedis('redis://127.0.0.1:1');
    expect(await new Duplicates(away, prefix, 60).among([{ key: 'a', place: 'events-9-9' }])).toBeNull();
    expect(await new Duplicates(away, prefix, 0).among([{ key: 'a', place: 'events-9-9' }])).toEqual([false]);
    away.disconnect();
  });
});
