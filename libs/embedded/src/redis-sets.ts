import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Child } from './child.js';
import { freePort } from './free-port.js';
import { redisServer, redisUsers } from './redis.js';
import type { ServerContext } from './server-context.js';

const UP = 'Ready to accept connections';
const HOST = '127.0.0.1';
const PASSWORD = 'of-the-servers';
const SENTINELS_PASSWORD = 'of-the-sentinels';
const SLOTS = 16_384;
/** A failover takes this time and some seconds more. */
const DOWN_AFTER_MS = 1_000;

/** A primary with one replica, and three sentinels. Both servers know the services' users. */
export interface SentinelSet {
  /** Comma list of `host:port`, as in `REDIS_SENTINELS`. */
  readonly sentinels: string;
  readonly name: string;
  readonly sentinelsPassword: string;
  /** The password of the user `default` on the servers. */
  readonly password: string;
  /** Kills the present primary, like a machine that fails. */
  killPrimary(): Promise<void>;
}

/** Three nodes with a third of the slots each. All know the services' users. */
export interface RedisCluster {
  /** Comma list of `host:port`, as in `REDIS_CLUSTER`. */
  readonly nodes: string;
  readonly password: string;
}

export async function startSentinelSet(context: ServerContext): Promise<SentinelSet> {
  const name = 'nuncio';
  const [primary, replica] = [await freePort(), await freePort()];
  const servers = new Map([
    [primary, await startNode(context, 'primary', primary)],
    [replica, await startNode(context, 'replica', replica, [`replicaof ${HOST} ${primary}`])],
  ]);
  const watching = [`sentinel monitor ${name} ${HOST} ${primary} 2`, `sentinel auth-pass ${name} ${PASSWORD}`, `sentinel down-after-milliseconds ${name} ${DOWN_AFTER_MS}`, `sentinel failover-timeout ${name} 3000`];
  const ports = await Promise.all([1, 2, 3].map(() => freePort()));
  await Promise.all(ports.map((port, i) => start(context, `sentinel-${i + 1}`, port, [`requirepass ${SENTINELS_PASSWORD}`, ...watching], ['--sentinel'], '+monitor')));
  await until(async () => {
    const seen = await Promise.all(ports.map((port) => ask(port, SENTINELS_PASSWORD, 'SENTINEL', 'MASTER', name)));
    return seen.every((master) => fieldOf(master, 'num-slaves') === '1' && fieldOf(master, 'num-other-sentinels') === '2') && String(await ask(replica, PASSWORD, 'INFO', 'replication')).includes('master_link_status:up');
  });
  const killPrimary = async (): Promise<void> => {
    const [, port] = (await ask(ports[0] ?? 0, SENTINELS_PASSWORD, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name)) as string[];
    const child = servers.get(Number(port));
    child?.kill('SIGKILL');
    await child?.exited;
  };
  return { sentinels: listOf(ports), name, sentinelsPassword: SENTINELS_PASSWORD, password: PASSWORD, killPrimary };
}

export async function startRedisCluster(context: ServerContext): Promise<RedisCluster> {
  const ports = await Promise.all([1, 2, 3].map(() => freePort()));
  const buses = await Promise.all(ports.map(() => freePort()));
  await Promise.all(ports.map((port, i) => startNode(context, `node-${i + 1}`, port, ['cluster-enabled yes', `cluster-port ${buses[i] ?? 0}`, 'cluster-node-timeout 2000'])));
  const share = Math.ceil(SLOTS / ports.length);
  for (const [i, port] of ports.entries()) {
    const slots = Array.from({ length: Math.min(share, SLOTS - i * share) }, (_, slot) => String(i * share + slot));
    await ask(port, PASSWORD, 'CLUSTER', 'ADDSLOTS', ...slots);
    if (i > 0) await ask(port, PASSWORD, 'CLUSTER', 'MEET', HOST, String(ports[0]), String(buses[0]));
  }
  await until(async () => {
    const states = await Promise.all(ports.map((port) => ask(port, PASSWORD, 'CLUSTER', 'INFO')));
    return states.every((state) => String(state).includes('cluster_state:ok') && String(state).includes(`cluster_known_nodes:${ports.length}`));
  });
  return { nodes: listOf(ports), password: PASSWORD };
}

const listOf = (ports: readonly number[]): string => ports.map((port) => `${HOST}:${port}`).join(',');

const startNode = (context: ServerContext, name: string, port: number, lines: readonly string[] = []): Promise<Child> =>
  start(context, name, port, [`requirepass ${PASSWORD}`, `masterauth ${PASSWORD}`, ...redisUsers(context.identities), 'save ""', ...lines]);

async function start(context: ServerContext, name: string, port: number, lines: readonly string[], flags: readonly string[] = [], says = UP): Promise<Child> {
  const { dir, logs, group, env } = context;
  const home = join(dir, name);
  await mkdir(home, { recursive: true });
  const settings = join(home, 'redis.conf');
  await writeFile(settings, [`bind ${HOST}`, `port ${port}`, `dir "${home}"`, ...lines, ''].join('\n'), { mode: 0o600 });
  const child = group.start({ name: `Redis ${name}`, command: await redisServer(context), args: [settings, ...flags], env, logFile: join(logs, `redis-${name}.log`) });
  await child.says(says, 30_000);
  return child;
}

async function ask(port: number, password: string, command: string, ...args: string[]): Promise<unknown> {
  const client = new Redis({ host: HOST, port, password, lazyConnect: true, retryStrategy: null });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await client.call(command, ...args);
  } finally {
    client.disconnect();
  }
}

/** A field of an answer that alternates names and values. */
const fieldOf = (answer: unknown, name: string): unknown => (answer as unknown[])[(answer as unknown[]).indexOf(name) + 1];

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('the Redis servers did not find together within 30 s');
    await pause(100);
  }
}
