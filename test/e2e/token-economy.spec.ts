import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { always, AuthorizationServer, Cable, Receiver } from '@nuncio/fixtures';
import { Redis } from 'ioredis';
import { eventually } from '../fleet/eventually.js';
import { ownFleet, sharedStack } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

const client = { clientId: 'shop', clientSecret: 'a secret of a shop', authMethod: 'client_secret_basic' } as const;
const OWNERS = ['token-service', 'token-service-2'];
/** `DELIVERIES=10000`: as many as in docs/tokens.md (`npm run check:economy`). */
const DELIVERIES = Number(process.env.DELIVERIES ?? 2_000);
const CHUNK = 1_000;
/** Few enough that none of them waits for a slot. */
const WHILE_AT_WORK = 100;

describe('three dispatchers and two token-services', () => {
  let fleet: Awaited<ReturnType<typeof ownFleet>>;
  let redis: Cable;
  let receiver: Receiver;
  let server: AuthorizationServer;
  let tenant: Tenant;
  let credential: string;
  beforeAll(async () => {
    redis = await Cable.to(sharedStack().redisUrl);
    fleet = await ownFleet('token-economy', { restart: false, env: { REDIS_URL: redis.url.href } });
    await Promise.all(['dispatcher', 'dispatcher', 'token-service'].map((kind) => fleet.services.add(kind as 'dispatcher')));
    [receiver, server] = [await Receiver.start(), await AuthorizationServer.start({ clients: [client] })];
    tenant = await Tenant.create(fleet);
    credential = await tenant.credential(server, client);
    await tenant.subscribe(receiver, { profile: 'standard', limits: { concurrency: 256 }, authentication: { type: 'oauth2', credential } });
  });
  afterAll(async () => {
    await Promise.all([receiver.close(), server.down()]);
    await fleet.close();
    await redis.cut();
  });

  beforeEach(() => {
    receiver.requests.length = 0;
  });
  /** Changes the credential, so that no token of it is valid. */
  const emptyTokenCache = async () => {
    await fleet.api.patch(`/v1/credentials/${credential}`, { name: `shop ${Date.now()}` });
    await tenant.inForce();
    server.requests.length = 0;
  };
  const publish = async (count: number) => {
    for (let sent = 0; sent < count; sent += CHUNK) await tenant.publish(Array.from({ length: Math.min(CHUNK, count - sent) }, (_, n) => ({ payload: `{"n":${sent + n}}` })));
  };
  const arrived = (count: number) =>
    eventually(() => {
      expect(new Set(receiver.requests.map(({ body }) => body.toString())).size).toBe(count);
      expect(receiver.requests.filter(({ headers }) => !server.accepts(headers.authorization))).toEqual([]);
    });
  /** Deletes a key in Redis, and checks that it existed. */
  const forget = async (key: string) => {
    const socket = connect(Number(redis.url.port), redis.url.hostname);
    let answers = '';
    socket.on('data', (chunk: Buffer) => (answers += chunk.toString())).write(`AUTH ${redis.url.password}\r\nDEL ${key}\r\nQUIT\r\n`);
    await once(socket, 'close');
    expect(answers).toBe('+OK\r\n:1\r\n+OK\r\n');
  };
  const fetches = async (service: string, outcome = 'token'): Promise<number> => {
    const metrics = await (await fetch(`http://127.0.0.1:${fleet.services.services[service]?.port}/metrics`)).text();
    return Number(new RegExp(`^nuncio_token_fetches_total\\{outcome="${outcome}"\\} (\\d+)$`, 'm').exec(metrics)?.[1] ?? 0);
  };

  it(`make one token request for ${DELIVERIES} deliveries`, async () => {
    await emptyTokenCache();
    await publish(DELIVERIES);
    await arrived(DELIVERIES);
    expect(server.requests.map(({ status }) => status)).toEqual([200]);
  });

  it('go on without Redis, and need one token request when it comes back empty', async () => {
    server.requests.length = 0;
    await redis.cut();
    await publish(600);
    await arrived(600);
    expect(server.requests).toEqual([]);

    await redis.mend();
    await forget(`${fleet.services.topicPrefix}:token:${credential}`);
    await fleet.services.kill('dispatcher-2');
    await fleet.services.start('dispatcher-2');
    receiver.requests.length = 0;
    await publish(600);
    await arrived(600);
    expect(server.requests.map(({ status }) => status)).toEqual([200]);
  });

  /** Waits until both are members: one that comes back takes partitions over, and with them requests in progress. */
  const bothAreMembers = async () => {
    await eventually(async () => {
      expect(await fleet.cluster.members('token-service')).toBe(OWNERS.length);
    });
  };
  /** The token-service that has a request in progress, which the authorization server does not answer. */
  const ownerAtWork = async (): Promise<string> => {
    await bothAreMembers();
    const before = await Promise.all(OWNERS.map((service) => fetches(service)));
    await emptyTokenCache();
    await publish(1);
    await arrived(1);
    const after = await Promise.all(OWNERS.map((service) => fetches(service)));
    server.misbehave('hang');
    await emptyTokenCache();
    receiver.requests.length = 0;
    await publish(WHILE_AT_WORK);
    await eventually(() => {
      expect(server.requests).toHaveLength(1);
    });
    return OWNERS.find((_, i) => after[i] !== before[i]) ?? '';
  };

  it('make at most two when the owner is stopped in the middle of one, and what it writes afterwards changes nothing', async () => {
    const owner = await ownerAtWork();
    const pid = fleet.services.services[owner]?.pid ?? 0;
    const stored = new Redis(sharedStack().redisUrl);
    const entry = `${fleet.services.topicPrefix}:token:${credential}`;
    const keys = [entry, `${fleet.services.topicPrefix}:token-failure:{${entry}}`];
    try {
      process.kill(pid, 'SIGSTOP');
      server.misbehave(null);
      // Another one has its partitions once its session has expired in Kafka.
      await arrived(WHILE_AT_WORK);
      const token = await stored.mget(keys);
      expect(token).toEqual([expect.stringContaining('"generation"'), null]);
      process.kill(pid, 'SIGCONT');
      await eventually(async () => {
        expect(await fetches(owner, 'timeout')).toBe(1);
      });
      receiver.requests.length = 0;
      await publish(600);
      await arrived(600);
      expect(await stored.mget(keys)).toEqual(token);
      expect(server.requests).toHaveLength(2);
    } finally {
      process.kill(pid, 'SIGCONT');
      stored.disconnect();
    }
  });

  it('make at most two when the owner is killed in the middle of one', async () => {
    const owner = await ownerAtWork();
    await fleet.services.kill(owner);
    server.misbehave(null);
    await arrived(WHILE_AT_WORK);
    expect(server.requests.length).toBe(2);
    await fleet.services.start(owner);
  });

  it("do not renew for a callback that refuses every token, and keep its neighbour's token, whatever the authorization server answers to a renewal", async () => {
    const [other, wrong, right] = [await Tenant.create(fleet), await Receiver.start(), await Receiver.start()];
    const shared = await other.credential(server, client);
    const authentication = { type: 'oauth2', credential: shared };
    const { subscription } = await other.subscribe(wrong, { profile: 'standard', authentication, limits: { concurrency: 40 } });
    await other.subscribe(right, { profile: 'standard', authentication });
    wrong.answer(always({ status: 401 }));
    server.requests.length = 0;
    const all = (count: number) =>
      eventually(async () => {
        const attempts = (await other.attempts()).filter(({ number }) => number === 1);
        // A delivery that a killed dispatcher had just finished may be sent twice.
        const deliveriesOf = (some: typeof attempts) => new Set(some.map(({ delivery }) => delivery)).size;
        expect(deliveriesOf(attempts)).toBe(2 * count);
        expect(deliveriesOf(attempts.filter(({ outcome }) => outcome === 'delivered'))).toBe(count);
        return attempts;
      });
    const numbered = (from: number) => Array.from({ length: 40 }, (_, n) => ({ payload: `{"n":${from + n}}` }));
    try {
      await other.publish(numbered(0));
      const startedAt = Date.now();
      const refused = (await all(40)).filter(({ outcome }) => outcome === 'failed');
      expect(refused.every(({ requests, error, response }) => requests <= 2 && error?.class === 'http' && response?.status === 401)).toBe(true);
      // After 1, 2, 4 … s in each of three processes, rather than for each delivery.
      const pauses = Math.ceil(Math.log2(2 + (Date.now() - startedAt) / 1_000));
      expect(server.requests.length).toBeLessThanOrEqual(1 + 3 * pauses);

      server.misbehave({ status: 429, headers: { 'retry-after': '3600' }, body: 'busy' });
      await fleet.services.kill('dispatcher-2');
      await fleet.services.start('dispatcher-2');
      right.requests.length = 0;
      await other.publish(numbered(40));
      await all(80);
      expect(right.requests.length).toBeGreaterThanOrEqual(40);
      expect(right.requests.filter(({ headers }) => !server.accepts(headers.authorization))).toEqual([]);
      await fleet.api.post(`/v1/subscriptions/${subscription}/deactivate`);
    } finally {
      server.misbehave(null);
      await Promise.all([wrong.close(), right.close()]);
    }
  });
});
