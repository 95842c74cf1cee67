import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { always, AuthorizationServer, Receiver, type Received } from '@nuncio/fixtures';
import type { AttemptAnswer } from '../fleet/answers.js';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

const client = { clientId: 'shop', clientSecret: 'a secret of a shop', authMethod: 'client_secret_basic' } as const;
const ILL = { status: 503, headers: { 'content-type': 'text/html' }, body: 'busy' } as const;

/** `npm run check:revocation` uses 1,000. */
const REVOKED = Number(process.env.REVOKED ?? 8);
const SIDE_BY_SIDE = 8;
/** Each event goes to every subscription. */
const EVENTS = 10;
const LONG_MS = 150_000 + 100 * REVOKED;

const numbered = (count: number) => Array.from({ length: count }, (_, n) => ({ payload: `{"n":${n}}` }));
const numberOf = ({ body }: Received): number => (JSON.parse(body.toString()) as { n: number }).n;

/** The most requests that were in progress at the same time. */
const mostAtOnce = (requests: readonly Received[]): number =>
  Math.max(...requests.map(({ at }) => requests.filter((other) => other.at <= at && (other.answeredAt ?? Infinity) > at).length));

interface Health {
  readonly state: string;
  readonly expiresAt: string | null;
  readonly lastSuccess: { readonly expiresAt: string } | null;
  readonly lastFailure: { readonly tokenError: object; readonly advice: string; readonly pausedUntil: string } | null;
  readonly requestsToday: { readonly total: number; readonly failed: number };
  readonly callbacks: readonly { readonly id: string }[];
}

describe('without a token to be had', () => {
  const fleet = sharedFleet();
  let server: AuthorizationServer;
  let receiver: Receiver;
  let tenant: Tenant;
  beforeEach(async () => {
    server = await AuthorizationServer.start({ clients: [client] });
    receiver = await Receiver.start(always({ delayMs: 20 }));
    tenant = await Tenant.create(fleet);
  });
  afterEach(() => Promise.all([server.down(), receiver.close()]));
  afterAll(() => fleet.cluster.close());

  const subscribed = async (settings: object, credentialSettings: object = {}) => {
    const credential = await tenant.credential(server, client, credentialSettings);
    return { credential, ...(await tenant.subscribe(receiver, { authentication: { type: 'oauth2', credential }, ...settings })) };
  };
  /** Changes the credential, so that former tokens are never used again. */
  const change = async (credential: string, changes: object = { scope: 'webhooks:write' }) => {
    await fleet.api.patch(`/v1/credentials/${credential}`, changes);
    await tenant.inForce();
    server.requests.length = 0;
  };
  const attempts = (count: number): Promise<AttemptAnswer[]> =>
    eventually(async () => {
      const all = await tenant.attempts();
      expect(all.length).toBeGreaterThanOrEqual(count);
      return all;
    });

  it('`hold` spends no attempts, asks the server ever more rarely, and drains within the limits once it recovers', async () => {
    const { credential } = await subscribed({ profile: 'standard', onTokenFailure: 'hold', limits: { concurrency: 3 } });
    server.misbehave(ILL);
    await change(credential);
    const publishedAt = Date.now();
    await tenant.publish(numbered(30));
    await eventually(async () => {
      const deliveries = await tenant.deliveries();
      expect(deliveries.filter(({ status }) => status === 'held')).toHaveLength(30);
    });
    expect(await tenant.attempts()).toEqual([]);
    expect(receiver.requests).toEqual([]);
    const asked = server.requests.length;
    const askingMs = Date.now() - publishedAt;
    server.misbehave(null);
    const all = await attempts(30);
    expect(all.map(({ number, outcome, reason }) => [number, outcome, reason])).toEqual(all.map(() => [1, 'delivered', 'first']));
    expect(receiver.requests).toHaveLength(30);
    expect(mostAtOnce(receiver.requests)).toBeLessThanOrEqual(3);
    // After 1, 2, 4 … s.
    expect(asked).toBeLessThanOrEqual(4 + Math.log2(2 + askingMs / 1_000));
    expect(server.requests.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('`block` blocks the subscription at once, parks, spends no attempt; after the unblocking all are sent, oldest first, with a new token', async () => {
    const { credential, subscription } = await subscribed({ profile: 'webhookie', limits: { concurrency: 1 } });
    server.misbehave({ status: 401, headers: { 'content-type': 'application/json' }, body: '{"error":"invalid_client"}' });
    await change(credential);
    await tenant.publishInTurn(numbered(5));
    const state = () => fleet.api.get<{ state: string; reason: string }>(`/v1/subscriptions/${subscription}`);
    await eventually(async () => {
      expect(await state()).toMatchObject({ state: 'blocked' });
      const deliveries = await tenant.deliveries();
      expect(deliveries.filter(({ status }) => status === 'parked')).toHaveLength(5);
    });
    expect((await state()).reason).not.toContain('invalid_client');
    expect(await tenant.attempts()).toEqual([]);
    expect(server.requests).toHaveLength(1);
    server.misbehave(null);
    await fleet.api.post(`/v1/subscriptions/${subscription}/unblock`);
    const all = await attempts(5);
    expect(all.every(({ number, outcome, reason }) => number === 1 && outcome === 'delivered' && reason === 'unblock')).toBe(true);
    expect(receiver.requests.map(numberOf)).toEqual([0, 1, 2, 3, 4]);
    expect(server.requests).toHaveLength(2);
  });

  it('a failed renewal changes nothing: a receiver that refuses its token sees refused attempts, and the token is still used', async () => {
    await subscribed({ profile: 'webhookie' });
    await tenant.publish(numbered(1));
    await attempts(1);
    receiver.answer(always({ status: 401 }));
    server.misbehave({ status: 401, headers: { 'content-type': 'application/json' }, body: '{"error":"invalid_client"}' });
    await tenant.publish([{ payload: '{"n":1}' }]);
    expect((await attempts(2)).find(({ outcome }) => outcome === 'failed')).toMatchObject({ number: 1, requests: 1, response: { status: 401 } });
    receiver.answer(always({}));
    await tenant.publish([{ payload: '{"n":2}' }]);
    await eventually(() => {
      expect(receiver.requests.map(numberOf)).toEqual(expect.arrayContaining([0, 1, 2]));
    });
    expect((await tenant.deliveries()).map(({ status }) => status)).not.toContain('parked');
    expect(new Set(receiver.requests.map(({ headers }) => headers.authorization)).size).toBe(1);
  });

  it('a refused client is asked for once, reported plainly, and tried again at once when it is changed', async () => {
    const { credential, callback } = await subscribed({ profile: 'persona' });
    await change(credential, { clientSecret: 'a wrong secret' });
    await tenant.publish(numbered(10));
    const tokenError = { class: 'http', httpStatus: 401, code: 'invalid_client' };
    const advice: unknown = expect.stringMatching(/^The server answers 401 invalid_client: check client id and secret/);
    for (const attempt of await attempts(10)) expect(attempt).toMatchObject({ number: 1, outcome: 'failed', requests: 0, tokenError, advice });
    expect(server.requests).toHaveLength(1);
    const health = () => fleet.api.get<Health>(`/v1/credentials/${credential}/health`);
    await eventually(async () => {
      expect(await health()).toMatchObject({ state: 'failing', lastFailure: { tokenError, advice }, callbacks: [{ id: callback }] });
    });
    await change(credential, { clientSecret: client.clientSecret });
    await tenant.publish(numbered(1));
    await eventually(() => {
      expect(receiver.requests.length).toBeGreaterThanOrEqual(1);
    });
    await eventually(async () => {
      expect(await health()).toMatchObject({ state: 'working', lastSuccess: { expiresAt: expect.any(String) } });
    });
    const text = JSON.stringify(await health());
    for (const { headers } of receiver.requests) expect(text).not.toContain(headers.authorization?.slice('Bearer '.length));
  });

  it('a changed credential is used within two seconds, and its old token never again', async () => {
    const { credential } = await subscribed({ profile: 'standard' });
    await tenant.publish(numbered(20));
    await attempts(20);
    const tokens = (): Set<string | undefined> => new Set(receiver.requests.map(({ headers }) => headers.authorization));
    const lateMs: number[] = [];
    // A busy machine may be late, but not each time.
    for (let round = 1; round <= 3 && !lateMs.some((ms) => ms <= 2_000); round++) {
      const former = tokens();
      await fleet.api.patch(`/v1/credentials/${credential}`, { params: { round: String(round) } });
      const changedAt = Date.now();
      for (let n = 0; n < 20; n++) await tenant.publish(numbered(5));
      await attempts(120 * round);
      lateMs.push(Math.max(0, ...receiver.requests.filter(({ headers }) => former.has(headers.authorization)).map(({ at }) => at - changedAt)));
      await tenant.inForce();
      receiver.requests.length = 0;
      await tenant.publish(numbered(20));
      await attempts(20 + 120 * round);
      expect([tokens().size, [...tokens()].filter((token) => former.has(token))]).toEqual([1, []]);
    }
    expect(Math.min(...lateMs)).toBeLessThanOrEqual(2_000);
  });

  it('by a token URL there is one by the issuer, whose metadata names it', async () => {
    await subscribed({ profile: 'standard' }, { tokenUrl: null, issuer: server.issuer });
    await tenant.publish(numbered(3));
    expect((await attempts(3)).every(({ outcome }) => outcome === 'delivered')).toBe(true);
    expect(server.requests.map(({ status }) => status)).toEqual([200]);
  });

  it(`of ${REVOKED} credentials whose tokens are all revoked under load each is fetched anew once, and no attempt is spent`, async () => {
    receiver.answer(({ headers }) => (server.accepts(headers.authorization) ? {} : { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } }));
    for (let made = 0; made < REVOKED; made += SIDE_BY_SIDE) await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, REVOKED - made) }, (_, n) => subscribed({ profile: 'standard' }, { name: `shop ${made + n}` })));
    server.requests.length = 0;
    const deliveries = 2 * EVENTS * REVOKED;
    const accepted = (): number => receiver.requests.filter(({ status }) => status !== 401).length;
    await tenant.publish(numbered(EVENTS));
    await eventually(() => {
      expect(accepted()).toBeGreaterThanOrEqual(deliveries / 4);
    }, LONG_MS);
    server.revokeAll();
    await tenant.publish(numbered(EVENTS));
    await eventually(() => {
      expect(accepted()).toBeGreaterThanOrEqual(deliveries);
    }, LONG_MS);
    const all = await eventually(async () => {
      const found = await tenant.attempts();
      expect(new Set(found.flatMap(({ outcome, delivery }) => (outcome === 'delivered' ? [delivery] : []))).size).toBe(deliveries);
      return found;
    }, LONG_MS);
    // On a machine too small for a thousand some time out, but none is refused.
    expect(all.filter(({ error, response }) => error?.class === 'token' || response?.status === 401)).toEqual([]);
    expect(server.requests).toHaveLength(REVOKED);
  }, 60_000 + 10 * LONG_MS);

  it('an endpoint that refuses every token says why in its attempts', async () => {
    receiver.answer(always({}));
    await subscribed({ profile: 'standard' });
    receiver.answer(always({ status: 403, headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="hooks"' } }));
    await tenant.publish(numbered(1));
    const [attempt] = await attempts(1);
    expect(attempt).toMatchObject({
      outcome: 'failed',
      requests: 1,
      error: { class: 'http', detail: 'the endpoint says insufficient_scope, and wants the scope hooks' },
      response: { headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="hooks"' } },
    });
  });
});
