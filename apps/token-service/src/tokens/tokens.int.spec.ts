import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { RefusedToken, TokenResponse } from '@nuncio/auth';
import { quarantine, Reply, replies, TokenEvent, tokenEvents, tokenRequests, type Credential, type Topic, type TokenRequest } from '@nuncio/contracts';
import type { InboundRecord, RecordBatch } from '@nuncio/kafka';
import { parseKeyRing, Secret } from '@nuncio/sealing';
import { connectRedis, openToken, TokenStore } from '@nuncio/token-store';
import { TokenSettings } from '../token-settings.js';
import { TokensController } from './tokens.controller.js';
import { TokensService, type CredentialView } from './tokens.service.js';

Logger.overrideLogger(false);

const ring = parseKeyRing(`k1:${randomBytes(32).toString('base64')}`);
const prefix = `test-${randomBytes(6).toString('hex')}`;
const redis = connectRedis(process.env.REDIS_URL ?? '');
await new Promise((resolve) => redis.once('ready', resolve));
const store = new TokenStore(redis, prefix);

afterAll(async () => {
  const keys = await redis.keys(`${prefix}:*`);
  if (keys.length) await redis.del(keys);
  redis.disconnect();
});

const granted = (token: string): TokenResponse => ({ ok: true, accessToken: new Secret(token), expiresInSeconds: 600, scope: 'a' });
const ill: RefusedToken = { ok: false, tokenError: { class: 'http', httpStatus: 503, code: null }, retryAfterMs: null };

let n = 0;

/** How much the brokers' clock is ahead of this one. */
const BROKER_AHEAD_MS = 7_200_000;

/**
 * An owner with a real Redis. The authorization server gives the answers that the test sets, after 20 ms, and none before
 * as many requests as `together` have run at the same time.
 */
function owner(tokenStore = store, refusals = 0) {
  const id = `cred_${n++}`;
  const view = { position: 10, version: 10 };
  const server = { calls: 0, running: 0, most: 0, together: 1, answer: (call: number): TokenResponse | Promise<TokenResponse> => granted(`token-${call}`) };
  const sent: { topic: string; key: unknown; value: unknown }[] = [];
  const send = async (topic: Topic, key: unknown, value: unknown): Promise<void> => void sent.push({ topic: topic.name, key, value });
  const configuration: CredentialView = {
    get position() {
      return view.position;
    },
    get: (kind, credential) =>
      credential === 'cred_deleted'
        ? undefined
        : { kind, id: credential, position: view.version, version: 1, at: 0, state: { id: credential, tenant: 'acme' } as Credential },
    waitFor: async (position) => view.position >= position,
  };
  const fetch = async (): Promise<TokenResponse> => {
    const call = ++server.calls;
    server.most = Math.max(server.most, ++server.running);
    await pause(20);
    while (server.most < server.together) await pause(1);
    server.running -= 1;
    return server.answer(call);
  };
  const tokens = new TokensService(configuration, tokenStore, { fetch }, { sendJson: send }, new TokenSettings(ring, 300));
  const controller = new TokensController(tokens, {
    get brokerNow() {
      return Date.now() + BROKER_AHEAD_MS;
    },
    send: (topic, record) => (refusals-- > 0 ? Promise.reject(new Error('no quarantine')) : send(topic, record.key, record.value)),
  });
  const ask = (requests: readonly (Partial<TokenRequest> | Buffer)[], signal = new AbortController().signal, ageMs = 0) => take(controller, id, requests, signal, ageMs);
  return { id, view, server, sent, ask };
}

/**
 * Delivers the requests as one batch. Resolves when every record is settled, with the number of those that are done.
 */
async function take(
  controller: TokensController,
  credential: string,
  requests: readonly (Partial<TokenRequest> | Buffer)[],
  signal: AbortSignal,
  ageMs: number,
): Promise<number> {
  let done = 0;
  let settled = 0;
  const batch: RecordBatch = {
    topic: tokenRequests.name,
    partition: 0,
    signal,
    lost: signal,
    records: requests.map((request, i): InboundRecord => {
      const whole = (given: Partial<TokenRequest>): TokenRequest => ({
        credential,
        position: 10,
        generation: 0,
        reason: 'miss',
        at: Date.now(),
        correlation: null,
        ...given,
      });
      const value = Buffer.isBuffer(request) ? request : Buffer.from(JSON.stringify(whole(request)));
      const settle = (by: number) => (): void => {
        settled += 1;
        done += by;
      };
      const split = () => ({ isDone: () => false, done: () => undefined });
      return { topic: tokenRequests.name, partition: 0, offset: String(i), key: null, value, headers: {}, timestamp: Date.now() + BROKER_AHEAD_MS - ageMs, split, done: settle(1), abandon: settle(0) };
    }),
  };
  await controller.take(batch);
  while (settled < requests.length) await pause(1);
  return done;
}

const many = (request: Partial<TokenRequest>): Partial<TokenRequest>[] => Array.from({ length: 500 }, () => request);

describe('the owner of a credential', () => {
  it('makes one token request for 500 concurrent requests, and none for 500 later ones', async () => {
    const { id, server, sent, ask } = owner();
    expect(await ask(many({}))).toBe(500);
    expect(await ask(many({}))).toBe(500);
    expect(server.calls).toBe(1);
    const { entry } = await store.read(id);
    expect(entry).toMatchObject({ generation: 1, version: 10 });
    expect(openToken(ring, entry!, { id, tenant: 'acme' }).reveal()).toBe('token-1');
    expect(sent).toHaveLength(1);
    expect(TokenEvent.parse(sent[0]?.value)).toMatchObject({
      event: 'fetched',
      credential: id,
      tenant: 'acme',
      generation: 1,
      position: 10,
      reason: 'miss',
      scope: 'a',
    });
    expect(JSON.stringify(sent)).not.toContain('token-1');
  });

  it('works on one request at a time for each credential, and on different credentials concurrently', async () => {
    const { server, ask } = owner();
    await Promise.all([ask([{ reason: 'test', correlation: 'a' }]), pause(5).then(() => ask([{ reason: 'test', correlation: 'b' }]))]);
    expect(server).toMatchObject({ calls: 2, most: 1 });
    server.together = 10;
    await ask(Array.from({ length: 10 }, (_, i): Partial<TokenRequest> => ({ credential: `${prefix}_${i}` })));
    expect(server).toMatchObject({ calls: 12, most: 10 });
  });

  it('replaces a refused generation once, however many report it', async () => {
    const { id, server, ask } = owner();
    await ask([{}]);
    await Promise.all([ask(many({ generation: 1, reason: 'refused' })), ask(many({ generation: 1, reason: 'refused' }))]);
    expect(server.calls).toBe(2);
    expect((await store.read(id)).entry?.generation).toBe(2);
  });

  it('stores a failure for all who wait, asks the server again only after the pause, and announces the failure', async () => {
    let asked: ReturnType<typeof owner>;
    let startedAt: number;
    // Once more if the machine stood still, so that the second asked after the pause.
    do {
      asked = owner();
      asked.server.answer = () => ill;
      startedAt = performance.now();
      await asked.ask([{}]);
      await asked.ask([{}]);
    } while (performance.now() - startedAt > 1_000);
    const { id, server, sent } = asked;
    expect(server.calls).toBe(1);
    const { failure } = await store.read(id);
    expect(failure).toMatchObject({ version: 10, generation: 0, tokenError: { class: 'http', httpStatus: 503 } });
    expect(failure!.until - failure!.at).toBe(1_000);
    expect(sent.map(({ value }) => TokenEvent.parse(value))).toEqual([
      expect.objectContaining({ event: 'failed', credential: id, tokenError: failure!.tokenError, pausedUntil: expect.any(Number) }),
    ]);
  });

  it('tests in spite of cache and pause, gives the tester advice, and clears the failure when the test succeeds', async () => {
    const { id, server, sent, ask } = owner();
    server.answer = (call) => (call === 1 ? ill : granted('good'));
    await ask([{ reason: 'test', correlation: 'one' }]);
    await ask([{ reason: 'test', correlation: 'two' }]);
    const told = sent.filter(({ topic }) => topic === replies.name).map(({ value }) => Reply.parse(value));
    expect(told).toEqual([
      {
        of: 'token-test',
        correlation: 'one',
        ok: false,
        expiresInSeconds: null,
        scope: null,
        tokenError: ill.tokenError,
        advice: 'The server answers 503: the server has failed; Nuncio asks again by itself.',
      },
      { of: 'token-test', correlation: 'two', ok: true, expiresInSeconds: 600, scope: 'a', tokenError: null, advice: null },
    ]);
    expect(await store.read(id)).toMatchObject({ entry: { generation: 1 }, failure: null });
    expect(sent.filter(({ topic }) => topic === tokenEvents.name)).toHaveLength(2);
  });

  it('takes the token of an owner that was faster instead of its own', async () => {
    const { id, server, ask } = owner();
    server.answer = async () => {
      await store.put(id, { generation: 5, version: 10, token: 's1.theirs', receivedAt: Date.now(), usableUntil: Date.now() + 60_000 });
      return granted('mine');
    };
    await ask([{ generation: 4 }]);
    expect((await store.read(id)).entry).toMatchObject({ generation: 5, token: 's1.theirs' });
    expect(server.calls).toBe(1);
  });

  it.each([
    ['token', (id: string) => store.put(id, { generation: 1, version: 10, token: 's1.theirs', receivedAt: Date.now(), usableUntil: Date.now() + 60_000 })],
    ['longer pause', (id: string) => store.putFailure(id, { version: 10, generation: 0, at: Date.now(), until: Date.now() + 3_600_000, tokenError: { ...ill.tokenError, httpStatus: 429 } })],
  ])('leaves the %s of a faster owner alone when its own request fails', async (_, put) => {
    const { id, server, ask } = owner();
    server.answer = async () => {
      await put(id);
      return ill;
    };
    await ask([{}]);
    const { entry, failure } = await store.read(id);
    expect([entry?.token, failure?.tokenError.httpStatus]).toEqual(entry ? ['s1.theirs', undefined] : [undefined, 429]);
    expect(server.calls).toBe(1);
  });

  it('fetches a new token for a changed credential', async () => {
    const { id, view, server, ask } = owner();
    await ask([{}]);
    view.position = view.version = 11;
    await ask([{ position: 11 }]);
    expect(server.calls).toBe(2);
    expect((await store.read(id)).entry).toMatchObject({ generation: 2, version: 11 });
  });

  it.each([
    ['knows a position we have not reached', { position: 11 }],
    ['is of a deleted credential', { credential: 'cred_deleted' }],
  ])('does nothing for a request that %s', async (_, request) => {
    const { server, ask } = owner();
    expect(await ask([request])).toBe(1);
    expect(server.calls).toBe(0);
  });

  it('does nothing for a request that has lain in its topic for long, and answers one of a dispatcher whose clock is an hour behind: without a token, it held all that it had', async () => {
    const { server, ask } = owner();
    expect(await ask([{}], undefined, 3_600_000)).toBe(1);
    expect(server.calls).toBe(0);
    expect(await ask([{ at: Date.now() - 3_600_000 }])).toBe(1);
    expect(server.calls).toBe(1);
  });

  it('leaves requests of a lost partition to the next owner', async () => {
    const { server, ask } = owner();
    expect(await ask([{}, {}], AbortSignal.abort())).toBe(0);
    expect(server.calls).toBe(0);
  });

  it('quarantines a malformed request and goes on', async () => {
    const { server, sent, ask } = owner();
    expect(await ask([Buffer.from('{"credential":'), {}])).toBe(2);
    expect(sent[0]).toMatchObject({ topic: quarantine.name, value: Buffer.from('{"credential":') });
    expect(server.calls).toBe(1);
  });

  it('answers every other request of a batch once, and puts away one that was refused as soon as quarantine takes it: it held up its partition until a restart', async () => {
    const { server, sent, ask } = owner(store, 1);
    expect(await ask([{}, Buffer.from('no JSON'), {}])).toBe(3);
    expect(server.calls).toBe(1);
    expect(sent).toContainEqual(expect.objectContaining({ topic: quarantine.name, value: Buffer.from('no JSON') }));
  });

  it('waits for Redis with a request, and makes one token request when it is back', async () => {
    const elsewhere = connectRedis(process.env.REDIS_URL ?? '');
    elsewhere.disconnect();
    const { id, server, ask } = owner(new TokenStore(elsewhere, prefix));
    const asked = ask([{}]);
    await pause(200);
    expect(server.calls).toBe(0);
    await elsewhere.connect();
    await asked;
    expect(server.calls).toBe(1);
    expect((await store.read(id)).entry?.generation).toBe(1);
    elsewhere.disconnect();
  });
});
