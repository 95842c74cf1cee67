import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { TokenEntry, TokenFailure } from '@nuncio/contracts';
import { parseKeyRing, Secret } from '@nuncio/sealing';
import { connectRedis, openToken, sealToken, TokenReader, TokenStore, whyAway } from './index.js';

const prefix = `test-${randomBytes(6).toString('hex')}`;
const redis = connectRedis(process.env.REDIS_URL ?? '');
await new Promise((resolve) => redis.once('ready', resolve));
const NOW = 1_000_000;
const store = new TokenStore(redis, prefix, () => NOW);
const reader = new TokenReader(redis, prefix, () => NOW);

const entry = (over: Partial<TokenEntry> = {}): TokenEntry => ({
  generation: 1,
  version: 10,
  token: 's1.x',
  receivedAt: NOW,
  usableUntil: NOW + 60_000,
  ...over,
});
const failure: TokenFailure = { version: 12, generation: 0, at: NOW, until: NOW + 1_000, tokenError: { class: 'timeout', httpStatus: null, code: null } };
/** Leaves out times, which are computed from what Redis has left, and so differ a little. */
const without = <T extends object>(times: readonly (keyof T)[], whole: T): T =>
  expect.objectContaining(Object.fromEntries(Object.entries(whole).filter(([name]) => !times.includes(name as keyof T)))) as unknown as T;
const stored = (whole: TokenEntry): TokenEntry => without(['receivedAt', 'usableUntil'], whole);
const storedFailure = (whole: TokenFailure): TokenFailure => without(['at', 'until'], whole);
let n = 0;
const credential = (): string => `cred_${n++}`;

afterAll(async () => {
  const keys = await redis.keys(`${prefix}:*`);
  if (keys.length) await redis.del(keys);
  redis.disconnect();
});

describe('TokenStore', () => {
  it('reads the entries of many credentials at once, in any order', async () => {
    const [a, b, c] = [credential(), credential(), credential()];
    await Promise.all([store.put(a, entry()), store.putFailure(b, failure), redis.set(`${prefix}:token:${c}`, 'no JSON')]);
    expect(await reader.readMany([c, b, a])).toEqual(
      new Map([
        [c, { entry: null, failure: null }],
        [b, { entry: null, failure: storedFailure(failure) }],
        [a, { entry: stored(entry()), failure: null }],
      ]),
    );
    expect(await reader.readMany([])).toEqual(new Map());
  });

  it('ignores a late writer, in any order', async () => {
    const id = credential();
    expect(await store.put(id, entry({ generation: 5, version: 10 }))).toBe(true);
    expect(await store.put(id, entry({ generation: 5, version: 10 }))).toBe(false);
    expect(await store.put(id, entry({ generation: 4, version: 11 }))).toBe(false);
    expect(await store.put(id, entry({ generation: 6, version: 9 }))).toBe(false);
    expect(await store.put(id, entry({ generation: 6, version: 11 }))).toBe(true);
    expect((await store.read(id)).entry?.generation).toBe(6);
  });

  it('lets a late failure neither replace a newer token nor shorten the pause of another failure', async () => {
    const id = credential();
    const asked: TokenFailure = { ...failure, until: NOW + 3_600_000, tokenError: { class: 'http', httpStatus: 429, code: null } };
    expect(await store.putFailure(id, asked)).toBe(true);
    expect(await store.putFailure(id, failure)).toBe(false);
    expect((await store.read(id)).failure).toEqual(storedFailure(asked));
    // That failure does not answer a request that knows a later change, or has a newer token.
    for (const newer of [{ version: 13 }, { version: 14, generation: 1 }]) expect(await store.putFailure(id, { ...failure, ...newer })).toBe(true);
    // The same pause, apart from the difference between clocks.
    expect(await store.putFailure(id, { ...failure, version: 14, generation: 1, until: NOW + 900 })).toBe(true);

    expect(await store.put(id, entry({ generation: 2 }))).toBe(true);
    expect(await store.putFailure(id, { ...failure, generation: 1 })).toBe(false);
    expect(await store.read(id)).toEqual({ entry: stored(entry({ generation: 2 })), failure: null });
    expect(await store.putFailure(id, { ...failure, generation: 2 })).toBe(true);
  });

  it('does not count the time that a failure is stored beyond its pause', async () => {
    const id = credential();
    await store.putFailure(id, { ...failure, at: NOW - 3_600_000, until: NOW });
    expect(await redis.pttl(`${prefix}:token-failure:{${prefix}:token:${id}}`)).toBeGreaterThan(3_600_000);
    expect(await store.putFailure(id, failure)).toBe(true);
  });

  it('lets exactly one of many writers of a generation win', async () => {
    const id = credential();
    const won = await Promise.all(Array.from({ length: 50 }, () => store.put(id, entry({ generation: 2 }))));
    expect(won.filter(Boolean)).toHaveLength(1);
  });

  it('overwrites an unreadable entry', async () => {
    const id = credential();
    for (const rubbish of ['no JSON', '5', 'null', '{}']) {
      await redis.set(`${prefix}:token:${id}`, rubbish);
      expect(await store.put(id, entry())).toBe(true);
      expect((await store.read(id)).entry).toEqual(stored(entry()));
    }
  });

  it('removes a token when it is no longer usable, and a failure some time after its pause', async () => {
    const id = credential();
    await store.put(id, entry({ usableUntil: NOW + 50_000 }));
    await store.putFailure(id, { ...failure, generation: 1 });
    expect(await redis.pttl(`${prefix}:token:${id}`)).toBeGreaterThan(40_000);
    expect(await redis.pttl(`${prefix}:token:${id}`)).toBeLessThanOrEqual(50_000);
    expect(await redis.pttl(`${prefix}:token-failure:{${prefix}:token:${id}}`)).toBeGreaterThan(61_000);
  });

  it.each([
    ['an hour behind', -3_600_000],
    ['an hour ahead', 3_600_000],
  ])("reads times by the clock of the reader, which may be %s of the writer's", async (_, skewMs) => {
    const id = credential();
    await store.put(id, entry());
    await store.putFailure(`x${id}`, failure);
    const elsewhere = new TokenReader(redis, prefix, () => NOW + skewMs);
    const found = await elsewhere.readMany([id, `x${id}`]);
    const token = found.get(id)!.entry!;
    expect(token.usableUntil).toBeLessThanOrEqual(NOW + skewMs + 60_000);
    expect(token.usableUntil).toBeGreaterThan(NOW + skewMs + 40_000);
    expect(token.usableUntil - token.receivedAt).toBe(60_000);
    const paused = found.get(`x${id}`)!.failure!;
    expect(paused.until).toBeLessThanOrEqual(NOW + skewMs + 1_000);
    expect(paused.until).toBeGreaterThan(NOW + skewMs - 19_000);
    expect(paused.until - paused.at).toBe(1_000);
  });

  it('removes a failure with the next token', async () => {
    const id = credential();
    await store.putFailure(id, failure);
    await store.put(id, entry());
    expect(await store.read(id)).toEqual({ entry: stored(entry()), failure: null });
  });

  it('stores tokens sealed, each for its credential and generation', async () => {
    const ring = parseKeyRing(`k1:${randomBytes(32).toString('base64')}`);
    const owner = { id: credential(), tenant: 'acme' };
    await store.put(owner.id, entry({ generation: 3, token: sealToken(ring, new Secret('canary'), owner, 3) }));
    expect(await redis.get(`${prefix}:token:${owner.id}`)).not.toContain('canary');
    const found = (await store.read(owner.id)).entry!;
    expect(openToken(ring, found, owner).reveal()).toBe('canary');
    expect(() => openToken(ring, { ...found, generation: 4 }, owner)).toThrow('belongs elsewhere');
    expect(() => openToken(ring, found, { ...owner, id: 'cred_other' })).toThrow('belongs elsewhere');
  });
});

describe('connectRedis', () => {
  it('fails at once while nobody answers, instead of queueing, and says why nobody does', async () => {
    const changes: boolean[] = [];
    const nobody = connectRedis('redis://127.0.0.1:1', (up) => changes.push(up));
    await new Promise((resolve) => nobody.once('close', resolve));
    await expect(new TokenReader(nobody, prefix).readMany(['cred_1'])).rejects.toThrow('connect ECONNREFUSED 127.0.0.1:1');
    expect(whyAway(nobody)).toBe('connect ECONNREFUSED 127.0.0.1:1');
    nobody.disconnect();
    expect(changes).not.toContain(true);
  });

  it('complains of no connection that Redis closes since it is idle: each was a warning', async () => {
    const changes: boolean[] = [];
    const idle = connectRedis(process.env.REDIS_URL ?? '', (up) => changes.push(up));
    await new Promise((resolve) => idle.once('ready', resolve));
    const again = new Promise((resolve) => idle.once('close', () => idle.once('ready', resolve)));
    // Closes as `timeout` does, which counts for every connection of this server.
    await redis.call('CLIENT', 'KILL', 'ID', String(await idle.call('CLIENT', 'ID')));
    await again;
    expect(await idle.get('key')).toBeNull();
    expect(changes).toEqual([true]);
    idle.disconnect();
  });

  it('replaces a connection that the network has forgotten: every command failed until the system gave it up, a quarter of an hour later', async () => {
    const server = new URL(process.env.REDIS_URL ?? '');
    const forgotten: Socket[] = [];
    const firewall = createServer((near) => {
      const far = connect(Number(server.port), server.hostname);
      for (const socket of [near, far]) socket.on('error', () => undefined);
      near.pipe(far).pipe(near);
      forgotten.push(near, far);
    }).listen(0, '127.0.0.1');
    await once(firewall, 'listening');
    const client = connectRedis(Object.assign(new URL(server), { port: String((firewall.address() as AddressInfo).port) }).href);
    const ready = (): Promise<unknown> => new Promise((resolve) => client.once('ready', resolve));
    await ready();
    for (const socket of forgotten.splice(0)) socket.unpipe().pause();
    const again = ready();
    await expect(client.get('key')).rejects.toThrow('timed out');
    await again;
    expect(await client.get('key')).toBeNull();
    client.disconnect();
    for (const socket of forgotten) socket.destroy();
    firewall.close();
  });

  it('says what a server says that lets nobody in: an operator read of a stream that is not writeable', async () => {
    const stranger = connectRedis(Object.assign(new URL(process.env.REDIS_URL ?? ''), { username: 'stranger', password: 'wrong' }).href);
    await new Promise((resolve) => stranger.once('reconnecting', resolve));
    const said = 'WRONGPASS invalid username-password pair or user is disabled.';
    await expect(stranger.get('key')).rejects.toThrow(said);
    await expect(new TokenReader(stranger, prefix).readMany(['cred_1'])).rejects.toThrow(said);
    expect(whyAway(stranger)).toBe(said);
    expect(whyAway(redis)).toBeNull();
    stranger.disconnect();
  });
});
