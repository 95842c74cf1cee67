import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { RedisEnv, requireOneRedis } from './redis-env.js';

/** A service's schema: with a setting of its own, which is missing. */
const Env = z.object({ ...RedisEnv, KEYS: z.string() }).check(requireOneRedis);
const faults = (env: Record<string, string>) => Env.safeParse(env).error?.issues.map(({ path }) => path.join('.')).sort();

it.each([
  [{}, ['KEYS', 'REDIS_URL']],
  [{ REDIS_URL: 'redis://a', REDIS_CLUSTER: 'b:1' }, ['KEYS', 'REDIS_CLUSTER']],
  [{ REDIS_SENTINELS: 'a:1,b' }, ['KEYS', 'REDIS_SENTINEL_NAME']],
  [{ REDIS_SENTINELS: 'a:1/2', REDIS_SENTINEL_NAME: 'x' }, ['KEYS', 'REDIS_SENTINELS']],
  [{ REDIS_URL: 'redis://a', REDIS_PASSWORD: 'x', REDIS_SENTINEL_NAME: 'y' }, ['KEYS', 'REDIS_PASSWORD', 'REDIS_SENTINEL_NAME']],
  [{ REDIS_CLUSTER: 'a:1', REDIS_CA_FILE: '/nowhere' }, ['KEYS', 'REDIS_CA_FILE']],
  [{ REDIS_CLUSTER: 'a:1', REDIS_CA_FILE: import.meta.filename }, ['KEYS', 'REDIS_CA_FILE']],
])('reports what is wrong with %p together with all other faults', (env, names) => {
  expect(faults(env)).toEqual(names);
});

it('accepts nodes with and without a port, by name and by address', () => {
  const { REDIS_SENTINELS } = Env.parse({ KEYS: 'x', REDIS_SENTINELS: 'a:1, b,[::1]:3', REDIS_SENTINEL_NAME: 'x' });
  expect(REDIS_SENTINELS).toEqual([{ host: 'a', port: 1 }, { host: 'b', port: 26_379 }, { host: '::1', port: 3 }]);
});
