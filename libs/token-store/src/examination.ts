import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import type { RedisClient } from './redis.js';

/** Policies that evict no keys, or only those nearest to their end: every key of Nuncio's has an end. */
const KEEPING = ['noeviction', 'volatile-ttl'];

/** Findings already logged, so that each is logged once, however often a connection is made. */
const told = new Set<string>();

/**
 * Logs one sentence for each setting of the server that makes it useless for tokens. Without this it would be noticed only when tokens are
 * missing. Needs only `INFO`.
 */
export async function examine(redis: RedisClient): Promise<void> {
  const text = await redis.info().catch(() => '');
  const logger = new Logger('Redis');
  for (const { level, message } of findingsIn(text, redis instanceof Redis)) {
    if (!told.has(message)) logger[level](message);
    told.add(message);
  }
}

interface Finding {
  readonly level: 'error' | 'warn';
  readonly message: string;
}

/** `info`: the answer to `INFO`. `asOneServer`: the client assumes a single server with all keys. */
export function findingsIn(info: string, asOneServer: boolean): Finding[] {
  const field = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1];
  const policy = field('maxmemory_policy');
  const findings: Finding[] = [];
  if (asOneServer && field('cluster_enabled') === '1')
    findings.push({ level: 'error', message: 'This Redis is a node of a cluster, which has other keys on other nodes: set REDIS_CLUSTER instead of REDIS_URL' });
  if (policy !== undefined && !KEEPING.includes(policy))
    findings.push({ level: 'warn', message: `Redis may evict tokens and other keys in use (maxmemory-policy ${policy}): set noeviction or volatile-ttl` });
  return findings;
}
