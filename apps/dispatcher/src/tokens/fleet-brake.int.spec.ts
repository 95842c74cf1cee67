import { randomBytes } from 'node:crypto';
import { afterAll, expect, it } from '@jest/globals';
import { connectRedis } from '@nuncio/token-store';
import { FleetBrake } from './fleet-brake.js';

const prefix = `test-${randomBytes(6).toString('hex')}`;
const redis = connectRedis(process.env.REDIS_URL ?? '');
await new Promise((resolve) => redis.once('ready', resolve));
const dispatcher = (): FleetBrake => new FleetBrake({ redis, prefix, now: () => performance.now() });
afterAll(async () => {
  const keys = await redis.keys(`${prefix}:*`);
  if (keys.length) await redis.del(keys);
  redis.disconnect();
});

it('lets one of a fleet have a new token made in a pause, and all have it: each dispatcher had one of its own', async () => {
  const [one, other] = [dispatcher(), dispatcher()];
  expect(await one.take('cb_1', 'cred_1', 7, 60_000)).toEqual({ waitMs: 0, pauseMs: 60_000 });
  // The same generation is the same token.
  expect(await other.take('cb_1', 'cred_1', 7, 1_000)).toEqual({ waitMs: 0, pauseMs: 60_000 });
  const { waitMs, pauseMs } = await other.take('cb_1', 'cred_1', 8, 1_000);
  expect([waitMs > 30_000 && waitMs <= 60_000, pauseMs]).toEqual([true, 60_000]);
  expect(await other.take('cb_2', 'cred_1', 8, 1_000)).toEqual({ waitMs: 0, pauseMs: 1_000 });
});

it('lets each go by itself while Redis is away', async () => {
  const away = new FleetBrake({ redis: { eval: () => Promise.reject(new Error('away')) }, prefix, now: () => performance.now() });
  expect(await away.take('cb_1', 'cred_1', 9, 1_000)).toEqual({ waitMs: 0, pauseMs: 1_000 });
});
