import { readFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { examine } from './examination.js';
import type { RedisEnv } from './redis-env.js';

/** One server, the primary of a Sentinel set, or a cluster. Keys that one command uses together must be in one slot: see slots.ts. */
export type RedisClient = Redis | Cluster;

const COMMAND_TIMEOUT_MS = 1_000;
const MAX_RECONNECT_DELAY_MS = 1_000;
const reconnectAfter = (times: number): number => Math.min(MAX_RECONNECT_DELAY_MS, 50 * 2 ** Math.min(times, 10));

/**
 * The only place where ioredis is used. Nobody waits for its connection: while Redis is away every command fails at once, or after 1 s, and it
 * reconnects by itself for ever. `to`: a text is the `REDIS_URL` of one server. `onChange` is called when the connection comes and goes.
 */
export function connectRedis(to: Partial<RedisEnv> | string, onChange: (up: boolean) => void = () => undefined): RedisClient {
  const redis = clientOf(typeof to === 'string' ? { REDIS_URL: to } : to);
  let up: boolean | null = null;
  const change = (now: boolean): void => {
    if (up !== now) onChange((up = now));
  };
  redis.on('ready', () => {
    change(true);
    void examine(redis);
  });
  // Without a listener, ioredis prints every failed reconnect.
  redis.on('error', (error: Error & { lastNodeError?: Error }) => {
    change(false);
    if (/cluster support disabled/i.test(error.lastNodeError?.message ?? '')) noCluster();
  });
  redis.on('close', () => {
    change(false);
  });
  return redis;
}

let isTold = false;
function noCluster(): void {
  if (!isTold) new Logger('Redis').error('REDIS_CLUSTER names a server that is not a cluster: set REDIS_URL instead');
  isTold = true;
}

function clientOf(env: Partial<RedisEnv>): RedisClient {
  const ca = env.REDIS_CA_FILE === undefined ? {} : { ca: readFileSync(env.REDIS_CA_FILE) };
  const patience: RedisOptions = {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy: reconnectAfter,
    // After a failover a former primary is a replica. Reconnecting to the same address, or through Sentinel, leads to the new primary.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  };
  if (env.REDIS_URL !== undefined) return new Redis(env.REDIS_URL, { ...patience, ...(env.REDIS_URL.startsWith('rediss:') && { tls: ca }) });
  const login = { username: env.REDIS_USERNAME, password: env.REDIS_PASSWORD?.reveal(), ...(env.REDIS_SSL && { tls: ca }) };
  if (env.REDIS_SENTINELS) return new Redis({ ...patience, ...login, ...sentinel(env, ca) });
  return new Cluster(env.REDIS_CLUSTER ?? [], {
    redisOptions: { ...login, commandTimeout: COMMAND_TIMEOUT_MS, connectTimeout: COMMAND_TIMEOUT_MS },
    enableOfflineQueue: false,
    slotsRefreshTimeout: COMMAND_TIMEOUT_MS,
    // Slots' owners are looked up regularly, so that a replica that has taken over is found before the old owner refuses commands.
    slotsRefreshInterval: 5_000,
    maxRedirections: 3,
    clusterRetryStrategy: reconnectAfter,
    // By name, since certificates are for names.
    ...(env.REDIS_SSL && { dnsLookup: (address: string, found: (error: null, address: string) => void) => { found(null, address); } }),
  });
}

const sentinel = (env: Partial<RedisEnv>, ca: { ca?: Buffer }): RedisOptions => ({
  sentinels: env.REDIS_SENTINELS,
  name: env.REDIS_SENTINEL_NAME,
  sentinelUsername: env.REDIS_SENTINEL_USERNAME,
  sentinelPassword: env.REDIS_SENTINEL_PASSWORD?.reveal(),
  sentinelCommandTimeout: COMMAND_TIMEOUT_MS,
  sentinelRetryStrategy: reconnectAfter,
  enableTLSForSentinelMode: env.REDIS_SSL,
  ...(env.REDIS_SENTINEL_SSL && { sentinelTLS: ca }),
});
