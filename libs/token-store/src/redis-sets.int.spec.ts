import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TokenEntry, TokenFailure } from '@nuncio/contracts';
import { type OwnServers, ownServers, type RedisCluster, type SentinelSet, startRedisCluster, startSentinelSet } from '@nuncio/embedded';
import { Secret } from '@nuncio/sealing';
import { Redis } from 'ioredis';
import { bySlot, connectRedis, type RedisClient, RedisEnv, TokenReader, TokenStore } from './index.js';

const PREFIX = 'nuncio';
const entry = (generation: number): TokenEntry => ({ generation, version: 10, token: 's1.x', receivedAt: Date.now(), usableUntil: Date.now() + 60_000 });
const failure: TokenFailure = { version: 12, generation: 0, at: Date.now(), until: Date.now() + 30_000, tokenError: { class: 'timeout', httpStatus: null, code: null } };
const credentials = Array.from({ length: 60 }, (_, n) => `cred_${n}`);

/** Connects as a service does: with its own user and that user's rights. */
async function connected(servers: OwnServers, service: 'token-service' | 'dispatcher', to: Partial<RedisEnv>): Promise<RedisClient> {
  const client = connectRedis({ ...to, REDIS_USERNAME: `nuncio_${service.replace('-', '_')}`, REDIS_PASSWORD: new Secret(servers.identities[service]) });
  if (client.status !== 'ready') await new Promise((resolve) => client.once('ready', resolve));
  return client;
}

const nodesOf = (list: string) => RedisEnv.REDIS_CLUSTER.parse(list) ?? [];

let servers: OwnServers;
let clients: RedisClient[];
let store: TokenStore;
let reader: TokenReader;
const start = async (name: string): Promise<void> => {
  servers = await ownServers(name);
};
const connect = async (to: Partial<RedisEnv>): Promise<void> => {
  clients = await Promise.all([connected(servers, 'token-service', to), connected(servers, 'dispatcher', to)]);
  [store, reader] = [new TokenStore(clients[0]!, PREFIX), new TokenReader(clients[1]!, PREFIX)];
};
const stop = async (): Promise<void> => {
  for (const client of clients) client.disconnect();
  await servers.stop();
};

describe('a Redis cluster', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    await start('redis-cluster');
    cluster = await startRedisCluster(servers);
    await connect({ REDIS_CLUSTER: nodesOf(cluster.nodes) });
  });
  afterAll(stop);

  it('stores tokens and failures of credentials in every slot, and reads many at once: all were CROSSSLOT', async () => {
    const [some, others] = [credentials.slice(0, 30), credentials.slice(30)];
    expect(await Promise.all(some.map((id) => store.put(id, entry(1))))).toEqual(some.map(() => true));
    expect(await Promise.all(others.map((id) => store.putFailure(id, failure)))).toEqual(others.map(() => true));
    expect(await store.put('cred_0', entry(1))).toBe(false);
    const found = await reader.readMany(credentials);
    expect(some.map((id) => found.get(id)?.entry?.generation)).toEqual(some.map(() => 1));
    expect(others.map((id) => found.get(id)?.failure?.version)).toEqual(others.map(() => 12));
    // A token deletes the failure before it, which is in the same slot.
    await Promise.all(others.map((id) => store.put(id, entry(1))));
    const after = await reader.readMany(others);
    expect(others.map((id) => after.get(id)?.failure)).toEqual(others.map(() => null));
  });

  it('runs scripts over many keys if they are called by slot', async () => {
    const keys = Array.from({ length: 200 }, (_, n) => `${PREFIX}:seen:${n}`);
    const groups = bySlot(clients[1]!, keys, (key) => key);
    expect(groups.length).toBeGreaterThan(100);
    const set = `for _, key in ipairs(KEYS) do redis.call('SET', key, ARGV[1], 'EX', 60) end return #KEYS`;
    const counts = await Promise.all(groups.map((group) => clients[1]!.eval(set, group.length, ...group, 'x')));
    expect((counts as number[]).reduce((sum, count) => sum + count, 0)).toBe(200);
  });

  it('refuses its users no command that they use', async () => {
    for (const { host, port } of nodesOf(cluster.nodes)) {
      const admin = new Redis({ host, port, password: cluster.password });
      expect(await admin.call('ACL', 'LOG')).toEqual([]);
      admin.disconnect();
    }
  });

  it('answers within seconds, with success or failure, while a node is away', async () => {
    const [first] = nodesOf(cluster.nodes);
    const admin = new Redis({ ...first!, password: cluster.password, retryStrategy: null });
    admin.on('error', () => undefined);
    await admin.call('SHUTDOWN', 'NOSAVE').catch(() => undefined);
    const startedAt = performance.now();
    await Promise.allSettled(credentials.map((id) => reader.readMany([id])));
    expect(performance.now() - startedAt).toBeLessThan(60_000);
  });
});

describe('a Sentinel set', () => {
  let set: SentinelSet;
  beforeAll(async () => {
    await start('redis-sentinel');
    set = await startSentinelSet(servers);
    await connect({ REDIS_SENTINELS: nodesOf(set.sentinels), REDIS_SENTINEL_NAME: set.name, REDIS_SENTINEL_PASSWORD: new Secret(set.sentinelsPassword) });
  });
  afterAll(stop);

  it('is written to again after its primary failed, nobody waits meanwhile, and lost data does not bring a generation back', async () => {
    expect(await store.put('cred_a', entry(6))).toBe(true);
    await set.killPrimary();
    let slowest = 0;
    let generation = 7;
    for (const deadline = Date.now() + 150_000; Date.now() < deadline; generation++) {
      const startedAt = performance.now();
      const isWritten = await store.put('cred_a', entry(generation)).catch(() => false);
      slowest = Math.max(slowest, performance.now() - startedAt);
      if (isWritten) break;
      await pause(50);
    }
    expect((await store.read('cred_a')).entry?.generation).toBe(generation);
    expect(slowest).toBeLessThan(60_000);
    // As if a failover had lost the last second. An asker says which generation it has, and gets a later one; a late writer of the lost one loses.
    await clients[0]!.del(`${PREFIX}:token:cred_a`);
    expect(await store.put('cred_a', entry(generation + 1))).toBe(true);
    expect(await store.put('cred_a', entry(generation))).toBe(false);
  });
});
