import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { usableUntil, type StoredToken } from '@nuncio/auth';
import type { Credential, TokenEntry, TokenFailure, TokenRequest } from '@nuncio/contracts';
import { Secret } from '@nuncio/sealing';
import type { Grant } from './grant.js';
import { TokenClient } from './token-client.js';

const HOUR = 3_600;
const tokenError = { class: 'http', httpStatus: 503, code: null } as const;

/** Any number of dispatchers, one Redis and one clock. Tokens are sealed as `sealed <text>`. */
class World {
  now = 1_000_000;
  /** How far the clock was put back. */
  putBackMs = 0;
  position = 10;
  redisIsUp = true;
  readonly versions = new Map<string, number>();
  readonly stored = new Map<string, StoredToken>();
  readonly renewals = new Map<string, { generation: number; pauseMs: number; until: number }>();
  readonly asks: (TokenRequest & { readonly by: TokenClient })[] = [];
  /** What token-service does with a request. */
  onAsk: (request: TokenRequest) => void = () => undefined;

  dispatcher(onRead: (ids: readonly string[]) => void = () => undefined): TokenClient {
    const client: TokenClient = new TokenClient({
      readMany: (ids) => {
        onRead(ids);
        return this.redisIsUp ? Promise.resolve(new Map(ids.map((id) => [id, this.stored.get(id) ?? { entry: null, failure: null }]))) : Promise.reject(new Error('away'));
      },
      unseal: (_, { token }) => {
        if (!token.startsWith('sealed ')) throw new Error('no such key');
        return new Secret(token.slice(7));
      },
      identify: () => undefined,
      credential: (id) => ({ kind: 'credential', id, position: this.versions.get(id) ?? 10, version: 1, at: 0, state: { id, tenant: 'acme' } as Credential }),
      position: () => this.position,
      brake: (callback, credential, generation, pauseMs) => Promise.resolve(this.turn(`${callback} ${credential}`, generation, pauseMs)),
      producer: {
        sendJson: (_topic, _key, request) => {
          this.asks.push({ ...(request as TokenRequest), by: client });
          this.onAsk(request as TokenRequest);
          return Promise.resolve();
        },
      },
      now: () => this.now,
      elapsed: () => this.now + this.putBackMs,
    });
    return client;
  }

  /** As Redis answers to all of them. */
  turn(user: string, generation: number, pauseMs: number): { waitMs: number; pauseMs: number } {
    const last = this.renewals.get(user);
    if (last && this.now < last.until) return { waitMs: generation <= last.generation ? 0 : last.until - this.now, pauseMs: last.pauseMs };
    this.renewals.set(user, { generation, pauseMs, until: this.now + pauseMs });
    return { waitMs: 0, pauseMs };
  }

  /** As token-service stores it. */
  put(credential: string, generation: number, lifeSeconds = HOUR, over: Partial<TokenEntry> = {}): void {
    const entry = { generation, version: this.versions.get(credential) ?? 10, token: `sealed ${credential}#${generation}`, receivedAt: this.now, usableUntil: usableUntil(this.now, lifeSeconds) };
    this.stored.set(credential, { entry: { ...entry, ...over }, failure: null });
  }

  fail(credential: string, generation: number, pauseMs: number): void {
    const failure: TokenFailure = { version: this.position, generation, at: this.now, until: this.now + pauseMs, tokenError };
    this.stored.set(credential, { entry: this.stored.get(credential)?.entry ?? null, failure });
  }

  /** Stores a token for whoever asks, unless a newer one is stored. */
  serve(lifeSeconds = HOUR): void {
    this.onAsk = ({ credential, generation }) => {
      const held = this.stored.get(credential)?.entry?.generation ?? 0;
      if (held <= generation) this.put(credential, generation + 1, lifeSeconds);
    };
  }
}

const bearerOf = (grant: Grant | Promise<Grant>): string => (grant instanceof Promise ? 'waits' : grant.kind === 'granted' ? (grant.bearer ?? '') : grant.kind);
const searched = (): Promise<void> => pause(60);

it('asks once for a credential, however many deliveries wait for it, and then has it at once', async () => {
  const world = new World();
  const client = world.dispatcher();
  world.serve();
  const grants = await Promise.all(Array.from({ length: 500 }, async () => client.get('cred_1', 0)));
  expect(new Set(grants.map(bearerOf))).toEqual(new Set(['cred_1#1']));
  expect(world.asks).toMatchObject([{ credential: 'cred_1', generation: 0, position: 10, reason: 'miss' }]);
  expect(bearerOf(client.get('cred_1', 0))).toBe('cred_1#1');
});

it('asks for nothing that another dispatcher has had fetched', async () => {
  const world = new World();
  world.put('cred_1', 4);
  expect(bearerOf(await world.dispatcher().get('cred_1', 0))).toBe('cred_1#4');
  expect(world.asks).toEqual([]);
});

it('refreshes in the background between 70 and 90 % of the life, and never lets a delivery wait', async () => {
  const world = new World();
  const client = world.dispatcher();
  world.serve(600);
  await client.get('cred_1', 0);
  const start = world.now;
  const asked: number[] = [];
  for (let second = 0; second < 3_000; second++) {
    world.now = start + second * 1_000;
    const before = world.asks.length;
    expect(bearerOf(client.get('cred_1', 0))).not.toBe('waits');
    await turn();
    if (world.asks.length > before) {
      asked.push(second);
      await searched();
    }
  }
  expect(asked.length).toBeGreaterThanOrEqual(5);
  const lives = asked.map((second, i) => second - (asked[i - 1] ?? 0));
  for (const life of lives) {
    expect(life).toBeGreaterThanOrEqual(0.7 * 540 - 1);
    expect(life).toBeLessThanOrEqual(0.9 * 540 + 1);
  }
  expect(world.asks.every(({ reason }, i) => reason === (i === 0 ? 'miss' : 'refresh'))).toBe(true);
});

it('does not refresh what nobody uses', async () => {
  const world = new World();
  world.serve();
  await world.dispatcher().get('cred_1', 0);
  world.now += HOUR * 1_000;
  await searched();
  expect(world.asks).toHaveLength(1);
});

it('tries a refresh again that came to nothing, while the token goes on being used', async () => {
  const world = new World();
  const client = world.dispatcher();
  world.serve();
  await client.get('cred_1', 0);
  world.onAsk = ({ credential, generation }) => {
    world.fail(credential, generation, 1_000);
  };
  world.now += 0.9 * HOUR * 1_000;
  expect(bearerOf(client.get('cred_1', 0))).toBe('cred_1#1');
  await searched();
  expect(world.asks).toHaveLength(2);
  expect(bearerOf(client.get('cred_1', 0))).toBe('cred_1#1');
  await searched();
  expect(world.asks).toHaveLength(2);
  world.serve();
  world.now += 80_000;
  expect(bearerOf(client.get('cred_1', 0))).toBe('cred_1#1');
  await searched();
  expect(bearerOf(client.get('cred_1', 0))).toBe('cred_1#2');
});

it('gives out no token after a pause that outlasted it', async () => {
  const world = new World();
  const client = world.dispatcher();
  world.serve(30);
  await client.get('cred_1', 0);
  world.now += 30_000;
  const next = client.get('cred_1', 0);
  expect(bearerOf(next)).toBe('waits');
  world.stored.clear();
  expect(await next).toMatchObject({ kind: 'granted', generation: 1, usableUntil: world.now + 27_000 });
});

it('replaces a refused generation once, however many callbacks refused it, and knows the newer one already', async () => {
  const world = new World();
  const client = world.dispatcher();
  world.serve();
  await client.get('cred_1', 0);
  const grants = await Promise.all(Array.from({ length: 100 }, async (_, n) => client.renew(`cb_${n % 10}`, 'cred_1', 1, 0)));
  expect(new Set(grants.map((grant) => grant && bearerOf(grant)))).toEqual(new Set(['cred_1#2']));
  expect(bearerOf((await client.renew('cb_1', 'cred_1', 1, 0))!)).toBe('cred_1#2');
  expect(world.asks.map(({ reason, generation }) => [reason, generation])).toEqual([
    ['miss', 0],
    ['refused', 1],
  ]);
});

it('lets the others go on with the token they have until the new one is there', async () => {
  const world = new World();
  const client = world.dispatcher();
  world.serve();
  await client.get('cred_1', 0);
  world.onAsk = () => undefined;
  const renewed = client.renew('cb_1', 'cred_1', 1, 0);
  expect(bearerOf(client.get('cred_1', 0))).toBe('cred_1#1');
  world.put('cred_1', 2);
  expect(bearerOf((await renewed)!)).toBe('cred_1#2');
  expect(bearerOf(client.get('cred_1', 0))).toBe('cred_1#2');
});

it('loses nothing by a renewal that fails: one receiver that refused every token left all others of its credential without one for an hour', async () => {
  const world = new World();
  const [client, restarted] = [world.dispatcher(), world.dispatcher()];
  world.serve();
  await client.get('cred_1', 0);
  world.onAsk = ({ credential, generation }) => {
    world.fail(credential, generation, HOUR * 1_000);
  };
  expect(await client.renew('cb_1', 'cred_1', 1, 0)).toEqual({ kind: 'refused', tokenError });
  expect(bearerOf(client.get('cred_1', 0))).toBe('cred_1#1');
  expect(bearerOf(await restarted.get('cred_1', 0))).toBe('cred_1#1');
  expect(world.asks).toHaveLength(2);
});

it('goes by the pause of the fleet: a dispatcher that came later began anew, and had a token of its own made for each refusal', async () => {
  const world = new World();
  world.serve();
  const refuse = async (client: TokenClient, seconds: number): Promise<number | undefined> => {
    for (let second = 0; second < seconds; second++, world.now += 1_000) {
      const grant = await client.get('cred_1', 0);
      if (grant.kind === 'granted') await client.renew('cb_1', 'cred_1', grant.generation, 0);
    }
    return world.stored.get('cred_1')?.entry?.generation;
  };
  const reached = await refuse(world.dispatcher(), 100);
  expect(await refuse(world.dispatcher(), 20)).toBe(reached);
});

it('asks ever more rarely for a callback that refuses every token, on three dispatchers as on one', async () => {
  for (const dispatchers of [1, 3]) {
    const world = new World();
    const clients = Array.from({ length: dispatchers }, () => world.dispatcher());
    world.serve();
    for (let second = 0; second < 600; second += 0.5) {
      for (const client of clients) {
        const grant = await client.get('cred_1', 0);
        if (grant.kind !== 'granted') throw new Error('there always is a token');
        const renewed = await client.renew('cb_1', 'cred_1', grant.generation, 0);
        if (renewed?.kind === 'granted') client.told('cb_1', 'cred_1', renewed.generation, false);
      }
      world.now += 500;
    }
    // 1 + 2 + 4 … 256 s.
    expect(world.asks.length).toBeLessThanOrEqual(12 * dispatchers);
    expect(world.stored.get('cred_1')?.entry?.generation).toBeLessThanOrEqual(13);
  }
});

it('begins anew with a callback whose tokens are of another credential', async () => {
  const world = new World();
  const client = world.dispatcher();
  world.serve();
  for (const id of ['cred_1', 'cred_2']) {
    await client.get(id, 0);
    expect(bearerOf((await client.renew('cb_1', id, 1, 0))!)).toBe(`${id}#2`);
  }
});

it('looks for some of those that wait at a time: 10,000 made one question of Redis that took longer than the time until the next', async () => {
  const world = new World();
  const sizes: number[] = [];
  const client = world.dispatcher((ids) => sizes.push(ids.length));
  const grants = Array.from({ length: 10_000 }, async (_, n) => client.get(`cred_${n}`, 0));
  while (world.asks.length < 10_000) await turn();
  const first = sizes.length;
  while (sizes.length < first + 4) await turn();
  expect(Math.max(...sizes)).toBeLessThanOrEqual(500);
  expect(Math.max(...sizes.slice(first + 1))).toBeLessThanOrEqual(100);
  for (let n = 0; n < 10_000; n++) world.put(`cred_${n}`, 1);
  // A new caller need not wait for the turns of the others.
  world.put('cred_new', 1);
  expect(bearerOf(await client.get('cred_new', 0))).toBe('cred_new#1');
  expect(new Set((await Promise.all(grants)).map(({ kind }) => kind))).toEqual(new Set(['granted']));
});

it('asks once for subscriptions that were activated at different times', async () => {
  const world = new World();
  const client = world.dispatcher();
  world.serve();
  const grants = await Promise.all([0, 3, 7, 10].map(async (position) => client.get('cred_1', position)));
  expect(new Set(grants.map(bearerOf))).toEqual(new Set(['cred_1#1']));
  expect(world.asks).toHaveLength(1);
});

it('asks again for a subscription that was activated since', async () => {
  const world = new World();
  const client = world.dispatcher();
  const before = client.get('cred_1', 10);
  await turn();
  world.position = 11;
  const after = client.get('cred_1', 11);
  await searched();
  expect(world.asks.map(({ position }) => position)).toEqual([10, 11]);
  world.put('cred_1', 1);
  expect([await before, await after].map(bearerOf)).toEqual(['cred_1#1', 'cred_1#1']);
});

it('never uses a token of an older version of the credential', async () => {
  const world = new World();
  const client = world.dispatcher();
  world.serve();
  await client.get('cred_1', 0);
  world.versions.set('cred_1', 20);
  const next = client.get('cred_1', 0);
  expect(bearerOf(next)).toBe('waits');
  await turn();
  expect(world.asks).toHaveLength(2);
  world.put('cred_1', 2);
  expect(bearerOf(await next)).toBe('cred_1#2');
});

it('tells what the authorization server did, asks nobody inside a pause, and again after an unblocking', async () => {
  const world = new World();
  const client = world.dispatcher();
  world.fail('cred_1', 0, 60_000);
  expect(await client.get('cred_1', 0)).toEqual({ kind: 'refused', tokenError });
  expect(world.asks).toEqual([]);
  world.position = 11;
  world.serve();
  expect(bearerOf(await client.get('cred_1', 11))).toBe('cred_1#1');
});

it('goes on with what it holds while Redis is away, and calls the rest unavailable after a while', async () => {
  const world = new World();
  const client = world.dispatcher();
  world.serve();
  await client.get('cred_1', 0);
  world.redisIsUp = false;
  const other = client.get('cred_2', 0);
  await searched();
  expect(bearerOf(client.get('cred_1', 0))).toBe('cred_1#1');
  world.now += 15_001;
  expect(await other).toMatchObject({ kind: 'unavailable' });
  expect(world.asks).toHaveLength(1);
});

it('waits no longer when the clock is put back: it waited until it was as late again', async () => {
  const world = new World();
  const grant = world.dispatcher().get('cred_1', 0);
  await searched();
  world.now -= HOUR * 1_000;
  world.putBackMs = HOUR * 1_000 + 15_001;
  expect(await grant).toMatchObject({ kind: 'unavailable' });
});

it('calls it our own fault when a token does not open, and lets the others not suffer from it', async () => {
  const world = new World();
  const client = world.dispatcher();
  world.put('cred_1', 1, HOUR, { token: 'of another key' });
  world.put('cred_2', 1);
  const [one, two] = await Promise.all([client.get('cred_1', 0), client.get('cred_2', 0)]);
  expect([one, two].map(bearerOf)).toEqual(['unavailable', 'cred_2#1']);
});

it('spreads the refreshes of 5,000 credentials that began in the same second, with three dispatchers as with one', async () => {
  const world = new World();
  const clients = [world.dispatcher(), world.dispatcher(), world.dispatcher()];
  const credentials = Array.from({ length: 5_000 }, (_, n) => `cred_${n}`);
  for (const id of credentials) world.put(id, 1);
  for (const client of clients) await Promise.all(credentials.map(async (id) => client.get(id, 0)));
  const start = world.now;
  const usableMs = 3_540_000;
  const fetchedInMinute = new Map<number, number>();
  world.onAsk = ({ credential, generation }) => {
    if ((world.stored.get(credential)?.entry?.generation ?? 0) > generation) return;
    world.put(credential, generation + 1);
    const minute = Math.floor((world.now - start - 0.7 * usableMs) / 60_000);
    fetchedInMinute.set(minute, (fetchedInMinute.get(minute) ?? 0) + 1);
  };
  for (let at = 0.7 * usableMs; at <= 0.9 * usableMs + 12_000; at += 12_000) {
    world.now = start + at;
    for (const client of clients) for (const id of credentials) void client.get(id, 0);
    await searched();
  }
  const fetched = [...fetchedInMinute.values()];
  expect(fetched.reduce((sum, count) => sum + count, 0)).toBe(5_000);
  expect(Math.max(...fetched)).toBeLessThanOrEqual((1.3 * 5_000 * 60_000) / (0.2 * usableMs));
});
