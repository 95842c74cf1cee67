import { readFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { examine } from './examination.js';
import type { RedisEnv } from './redis-env.js';

/** One server, the primary of a Sentinel set, or a cluster. Keys that one command uses together must be in one slot: see slots.ts. */
export type RedisClient = Redis | Cluster;

const COMMAND_TIMEOUT_MS = 1_000;
/**
 * A connection of which nothing comes for so long, although something was asked, is replaced. A firewall or a network that forgets a connection says nothing, and the system would send
 * again for a quarter of an hour.
 */
const SILENT_MS = 3_000;
const MAX_RECONNECT_DELAY_MS = 1_000;
const reconnectAfter = (times: number): number => Math.min(MAX_RECONNECT_DELAY_MS, 50 * 2 ** Math.min(times, 10));

/**
 * The only place where ioredis is used. Nobody waits for its connection: while Redis is away every command fails at once, or after 1 s, and it
 * reconnects by itself for ever. The error says why there is no connection. `to`: a text is the `REDIS_URL` of one server. `onChange` is called when Redis
 * cannot be reached, and when it can be again; not when it closes a connection that is idle, since another one is there a moment later.
 */
export function connectRedis(to: Partial<RedisEnv> | string, onChange: (up: boolean) => void = () => undefined): RedisClient {
  const redis = clientOf(typeof to === 'string' ? { REDIS_URL: to } : to);
  sayWhy(redis);
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
  return redis;
}

const reasons = new WeakMap<RedisClient, string>();

/** Why there is no connection, as far as it is known: the server's own words (`WRONGPASS …`), or the socket's error; null = there is one. */
export const whyAway = (redis: RedisClient): string | null => (redis.status === 'ready' ? null : (reasons.get(redis) ?? 'it is not connected yet'));

/** What ioredis says of a command without a connection, or whose connection has closed: the names of its own options. */
const NO_CONNECTION = /enableOfflineQueue|maxRetriesPerRequest/;

function sayWhy(redis: RedisClient): void {
  // What a server says before it closes the connection says more than the closed connection.
  let hasSpoken = false;
  redis.on('error', (error: Error & { lastNodeError?: Error }) => {
    const isAnswer = error.name === 'ReplyError';
    if (NO_CONNECTION.test(error.message)) return;
    if (isAnswer || !hasSpoken) reasons.set(redis, (error.lastNodeError ?? error).message);
    hasSpoken ||= isAnswer;
  });
  redis.on('close', () => {
    hasSpoken = false;
    if (!reasons.has(redis)) reasons.set(redis, 'the connection was closed');
  });
  redis.on('ready', () => reasons.delete(redis));
  const sendCommand = redis.sendCommand.bind(redis) as (...asked: unknown[]) => unknown;
  redis.sendCommand = (command: Refusable, ...rest: unknown[]) => {
    const { reject } = command;
    command.reject = (error) => { reject(NO_CONNECTION.test(error.message) ? new Error(whyAway(redis) ?? error.message, { cause: error }) : error); };
    return sendCommand(command, ...rest);
  };
}

/** A command, as ioredis itself makes it fail. */
interface Refusable {
  reject: (error: Error) => void;
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
    socketTimeout: SILENT_MS,
    retryStrategy: reconnectAfter,
    // After a failover a former primary is a replica. Reconnecting to the same address, or through Sentinel, leads to the new primary.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  };
  if (env.REDIS_URL !== undefined) return new Redis(env.REDIS_URL, { ...patience, ...(env.REDIS_URL.startsWith('rediss:') && { tls: ca }) });
  const login = { username: env.REDIS_USERNAME, password: env.REDIS_PASSWORD?.reveal(), ...(env.REDIS_SSL && { tls: ca }) };
  if (env.REDIS_SENTINELS) return new Redis({ ...patience, ...login, ...sentinel(env, ca) });
  return new Cluster(env.REDIS_CLUSTER ?? [], {
    redisOptions: { ...login, commandTimeout: COMMAND_TIMEOUT_MS, connectTimeout: COMMAND_TIMEOUT_MS, socketTimeout: SILENT_MS },
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
