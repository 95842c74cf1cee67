import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { z } from 'zod';

/** What everybody who talks to Redis reads from the environment. */
export const RedisEnv = {
  /** `redis://user:password@host:port`, or `rediss://` for TLS: certificates are verified. */
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be redis://user:password@host:port, or rediss://' }),
  /** A PEM file: an authority of one's own. */
  REDIS_CA_FILE: z.string().optional(),
};

const COMMAND_TIMEOUT_MS = 1_000;
const MAX_RECONNECT_DELAY_MS = 1_000;

/**
 * A connection that never makes anybody wait: while Redis is away every command fails at once, or after 1 s, and it reconnects by itself for ever.
 * `onChange` hears when it comes and goes.
 */
export function connectRedis(url: string, onChange: (up: boolean) => void = () => undefined, caFile?: string): Redis {
  const redis = new Redis(url, {
    ...(caFile !== undefined && { tls: { ca: readFileSync(caFile) } }),
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy: (times) => Math.min(MAX_RECONNECT_DELAY_MS, 50 * 2 ** Math.min(times, 10)),
  });
  let up: boolean | null = null;
  const change = (now: boolean): void => {
    if (up !== now) onChange((up = now));
  };
  redis.on('ready', () => {
    change(true);
  });
  // Without a listener, ioredis prints every failed reconnect.
  redis.on('error', () => {
    change(false);
  });
  redis.on('close', () => {
    change(false);
  });
  return redis;
}
