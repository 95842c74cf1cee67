import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Secret } from '@nuncio/sealing';
import { z } from 'zod';

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

const secret = z.string().transform((text) => new Secret(text));
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

const certificateFile = z.string().superRefine((path, ctx) => {
  const fault = (message: string): void => {
    ctx.addIssue({ code: 'custom', message: `"${path}" cannot be used: ${message}` });
  };
  try {
    const pem = readFileSync(path);
    if (!isCertificate(pem)) fault('it holds no certificate in PEM');
  } catch (error) {
    fault(String(error));
  }
});

function isCertificate(pem: Buffer): boolean {
  try {
    return Boolean(new X509Certificate(pem));
  } catch {
    return false;
  }
}

/** `host:port,[::1]:port,…` */
const nodes = (defaultPort: number) =>
  z.string().transform((list, ctx): RedisNode[] =>
    list.split(',').map((entry) => {
      const [, ipv6, name, port = String(defaultPort)] = /^(?:\[([0-9a-f:.]+)\]|([^\s:/@]+))(?::(\d{1,5}))?$/i.exec(entry.trim()) ?? [];
      const host = ipv6 ?? name;
      if (host !== undefined && Number(port) <= 65_535) return { host, port: Number(port) };
      ctx.addIssue({ code: 'custom', message: `"${entry}" is not host:port` });
      return z.NEVER;
    }),
  );

/** The settings of every process that uses Redis (or Valkey): one server, the primary of a Sentinel set, or a cluster. */
export const RedisEnv = {
  /** One server: `redis://user:password@host:port`, or `rediss://` for TLS with verified certificates. */
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be redis://user:password@host:port, or rediss://' }).optional(),
  /** Addresses of Sentinels, and their name for the set. */
  REDIS_SENTINELS: nodes(26_379).optional(),
  REDIS_SENTINEL_NAME: z.string().min(1).optional(),
  REDIS_SENTINEL_USERNAME: z.string().optional(),
  REDIS_SENTINEL_PASSWORD: secret.optional(),
  REDIS_SENTINEL_SSL: flag.default(false),
  /** Addresses of some nodes of a cluster; they know the others. */
  REDIS_CLUSTER: nodes(6_379).optional(),
  /** The credentials for every server that Sentinel or the cluster names. */
  REDIS_USERNAME: z.string().optional(),
  REDIS_PASSWORD: secret.optional(),
  REDIS_SSL: flag.default(false),
  /** A PEM file with one's own certificate authority. */
  REDIS_CA_FILE: certificateFile.optional(),
};
export type RedisEnv = z.output<z.ZodObject<typeof RedisEnv>>;

const WAYS = ['REDIS_URL', 'REDIS_SENTINELS', 'REDIS_CLUSTER'] as const;
/** Settings that require another one. */
const BESIDE: Partial<Record<keyof RedisEnv, readonly (keyof RedisEnv)[]>> = {
  REDIS_SENTINEL_NAME: ['REDIS_SENTINELS'],
  REDIS_SENTINEL_USERNAME: ['REDIS_SENTINELS'],
  REDIS_SENTINEL_PASSWORD: ['REDIS_SENTINELS'],
  REDIS_USERNAME: ['REDIS_SENTINELS', 'REDIS_CLUSTER'],
  REDIS_PASSWORD: ['REDIS_SENTINELS', 'REDIS_CLUSTER'],
};

/**
 * Requires exactly one way to reach Redis, and refuses settings that would have no effect. Reported together with all other
 * faults.
 */
export const requireOneRedis = z.superRefine<RedisEnv>((value, ctx) => {
  const fault = (name: keyof RedisEnv, message: string): void => {
    ctx.addIssue({ code: 'custom', path: [name], message });
  };
  const given = WAYS.filter((name) => value[name] !== undefined);
  if (!given.length) fault('REDIS_URL', 'redis://user:password@host:port, or instead of it REDIS_SENTINELS or REDIS_CLUSTER');
  for (const name of given.slice(1)) fault(name, `is given beside ${given[0] ?? ''}: keep one of them`);
  if (value.REDIS_SENTINELS && value.REDIS_SENTINEL_NAME === undefined) fault('REDIS_SENTINEL_NAME', 'REDIS_SENTINELS needs it');
  for (const [name, needed = []] of Object.entries(BESIDE) as [keyof RedisEnv, readonly (keyof RedisEnv)[] | undefined][]) {
    if (value[name] !== undefined && needed.every((other) => value[other] === undefined)) fault(name, `counts beside ${needed.join(' or ')} alone`);
  }
}, { when: () => true });
