import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OwnServers, ownServers, startRedis } from '@nuncio/embedded';
import { Receiver } from '@nuncio/fixtures';
import { Redis } from 'ioredis';
import { eventually } from '../fleet/eventually.js';
import { ownFleet, type OwnFleet } from '../fleet/fleet.js';
import { healthOf } from '../fleet/health.js';
import { Probe } from '../fleet/probe.js';
import { Tenant } from '../fleet/tenant.js';

const USERS = ['nuncio_token_service', 'nuncio_dispatcher'] as const;

interface Refusal {
  readonly what: string;
  readonly begin: (redis: Redis) => Promise<unknown>;
  readonly end: (redis: Redis) => Promise<unknown>;
  /** What token-service says of it, if it has to store a token. */
  readonly said: RegExp;
}

const disconnect = (redis: Redis): Promise<unknown> => redis.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');

/** Answers of a Redis that is there. */
const REFUSALS: readonly Refusal[] = [
  { what: 'has no memory left', begin: (redis) => redis.config('SET', 'maxmemory', '1mb'), end: (redis) => redis.config('SET', 'maxmemory', '0'), said: /OOM/ },
  { what: 'has become a replica', begin: (redis) => redis.replicaof('127.0.0.1', 9), end: (redis) => redis.replicaof('NO', 'ONE'), said: /READONLY/ },
  {
    what: 'is a replica that has lost its primary and answers nothing',
    begin: async (redis) => [await redis.config('SET', 'replica-serve-stale-data', 'no'), await redis.replicaof('127.0.0.1', 9)],
    end: async (redis) => [await redis.replicaof('NO', 'ONE'), await redis.config('SET', 'replica-serve-stale-data', 'yes')],
    said: /MASTERDOWN/,
  },
  {
    what: 'refuses a command to its users',
    begin: (redis) => Promise.all(USERS.map((user) => redis.acl('SETUSER', user, '-eval'))),
    end: (redis) => Promise.all(USERS.map((user) => redis.acl('SETUSER', user, '+eval'))),
    said: /NOPERM/,
  },
  { what: 'does not save, and so refuses to write', begin: (redis) => redis.config('SET', 'min-replicas-to-write', '1'), end: (redis) => redis.config('SET', 'min-replicas-to-write', '0'), said: /NOREPLICAS/ },
  {
    what: 'is busy with a script of somebody else',
    begin: async (redis) => {
      await redis.config('SET', 'busy-reply-threshold', '100');
      const stranger = redis.duplicate();
      stranger.eval('while true do end', 0).catch(() => undefined).finally(() => { stranger.disconnect(); });
    },
    end: (redis) => redis.script('KILL').catch(() => undefined),
    said: /BUSY/,
  },
  {
    what: 'lets its users in no more',
    begin: async (redis) => [...(await Promise.all(USERS.map((user) => redis.acl('SETUSER', user, 'off')))), await disconnect(redis)],
    end: (redis) => Promise.all(USERS.map((user) => redis.acl('SETUSER', user, 'on'))),
    said: /^Redis does not answer: WRONGPASS/,
  },
  {
    what: 'has as many clients as it allows',
    begin: async (redis) => [await redis.config('SET', 'maxclients', '1'), await disconnect(redis)],
    end: (redis) => redis.config('SET', 'maxclients', '10000'),
    said: /^Redis does not answer: ERR max number of clients reached/,
  },
];

describe('a Redis that', () => {
  const deaths: string[] = [];
  let servers: OwnServers;
  let redis: Redis;
  let fleet: OwnFleet;
  let probe: Probe;
  let tenant: Tenant;
  let receiver: Receiver;

  beforeAll(async () => {
    servers = await ownServers('redis-refuses');
    const url = await startRedis(servers);
    redis = new Redis(url);
    const urlOf = (service: 'token-service' | 'dispatcher'): string => Object.assign(new URL(url), { username: `nuncio_${service.replace('-', '_')}`, password: servers.identities[service] }).href;
    fleet = await ownFleet('redis-refuses', { restart: false, onGivenUp: (error) => deaths.push(error.message), envOf: { 'token-service': { REDIS_URL: urlOf('token-service') }, dispatcher: { REDIS_URL: urlOf('dispatcher') } } });
    probe = await Probe.of(fleet);
    receiver = await Receiver.start();
    tenant = await Tenant.create(fleet);
    await tenant.subscribe(receiver, {});
    await probe.works();
  });
  afterAll(async () => {
    await Promise.all([probe.close(), receiver.close(), fleet.close()]);
    redis.disconnect();
    await servers.stop();
  });

  it.each(REFUSALS.map((refusal) => [refusal.what, refusal] as const))('%s stops no delivery without a token; the others wait, are told of, and arrive once it answers again', async (_, { begin, end, said }) => {
    await begin(redis);
    try {
      receiver.requests.length = 0;
      await tenant.publish([{ payload: '{}' }]);
      await eventually(() => {
        expect(receiver.requests).toHaveLength(1);
      });
      const asked = probe.tokenRequests;
      const waiting = await probe.publish();
      await eventually(async () => {
        expect((await healthOf(fleet.services, 'token-service')).faults).toEqual([expect.stringMatching(said)]);
      });
      // A token that cannot be stored helps nobody: no more are asked for.
      expect(probe.tokenRequests - asked).toBeLessThanOrEqual(2);
      await end(redis);
      await probe.arrives(waiting);
      await eventually(async () => {
        for (const name of ['token-service', 'dispatcher']) expect((await healthOf(fleet.services, name)).faults).toEqual([]);
      });
      await probe.works();
      expect(deaths).toEqual([]);
    } finally {
      await end(redis);
    }
  });
});
