import { expect, it } from '@jest/globals';
import type { Callback } from '@nuncio/contracts';
import type { Answer, OutboundRequest } from '@nuncio/egress';
import type { Grant } from '../tokens/grant.js';
import { deliver } from './deliver.js';
import type { Sendable } from '../delivery/delivery.js';

const NOW = 1_000_000;
const timings = { dns: null, connect: null, tls: null, firstByte: null, total: 1 };
const answered = (status: number, headers: Record<string, string> = {}): Answer => ({ ok: true, status, headers, body: Buffer.alloc(0), truncated: false, timings });
const late: Answer = { ok: false, error: { class: 'token', detail: 'too late' }, timings };
const token = (generation: number): Grant => ({ kind: 'granted', bearer: `token-number-${generation}`, generation, usableUntil: NOW + generation });
const refused: Grant = { kind: 'refused', tokenError: { class: 'http', httpStatus: 401, code: 'invalid_client' } };
const unavailable: Grant = { kind: 'unavailable', detail: 'away' };

const callback = {
  id: 'cb_1',
  method: 'POST',
  url: 'https://hooks.example.com/in',
  envelope: 'raw',
  timeoutMs: 5_000,
  authentication: { type: 'oauth2', credential: 'cred_1' },
  retry: { delaysSeconds: [5], jitter: 0, successStatuses: ['2xx'], retryOn: 'any', onGone: 'retry', onExhausted: 'dead-letter', retryAfterMaxSeconds: 1, disableAfterDays: 0 },
} as unknown as Callback;

const delivery: Sendable = {
  id: 'dlv_1',
  event: { id: 'evt_1', publisher: '', ceId: '1', source: '/s', type: 't', time: null, tenants: [], contentType: null, payload: Buffer.from('{}'), attributes: {} },
  eventAt: NOW,
  endpoint: { callback, position: 1, sign: () => ({}), ownHeaders: {}, secretNames: new Set() },
  number: 1,
  retriesUsed: 0,
  firstAttemptAt: null,
  activatedAt: 7,
};

/** Makes an attempt with these tokens, in order, against an endpoint that gives these answers, in order. */
async function attempt(given: readonly Grant[], answers: readonly Answer[], renewed: Grant | null = unavailable) {
  const grants = [...given];
  const left = [...answers];
  const sent: OutboundRequest[] = [];
  const invalidated: number[] = [];
  const told: number[] = [];
  const outcome = await deliver(delivery, {
    tokens: {
      get: () => grants.shift() ?? unavailable,
      renew: (_callback, _credential, generation) => {
        invalidated.push(generation);
        return renewed;
      },
      told: (_callback, _credential, generation, accepted) => {
        told.push(accepted ? generation : -generation);
      },
    },
    egress: {
      send: (request) => {
        sent.push(request);
        return Promise.resolve(left.shift() ?? late);
      },
    },
    now: () => NOW,
  });
  return { ...outcome, invalidated, told, bearers: sent.map(({ headers }) => headers.authorization), until: sent.map(({ sendBefore }) => sendBefore) };
}

it('sends the token, and says until when it may be sent', async () => {
  expect(await attempt([token(1)], [answered(204)])).toMatchObject({ outcome: { kind: 'delivered' }, requests: 1, bearers: ['Bearer token-number-1'], until: [NOW + 1] });
});

it('takes no time for a token that is in memory, however the clock ticks meanwhile', async () => {
  let ticks = NOW;
  const ports = { tokens: { get: () => token(60_000), renew: () => null, told: () => undefined }, egress: { send: () => Promise.resolve(answered(204)) }, now: () => ticks++ };
  expect(await deliver(delivery, ports)).toMatchObject({ outcome: { kind: 'delivered' }, tokenMs: 0 });
});

it.each([
  [refused, { kind: 'no-token', tokenError: { code: 'invalid_client' } }],
  [unavailable, { kind: 'unavailable' }],
])('never calls the endpoint without a token (%#)', async (grant, outcome) => {
  expect(await attempt([grant], [])).toMatchObject({ outcome, requests: 0, request: null, bearers: [] });
});

it('takes another token when the connection outlasted the first one', async () => {
  expect(await attempt([token(1), token(2)], [late, answered(204)])).toMatchObject({
    outcome: { kind: 'delivered' },
    requests: 1,
    bearers: ['Bearer token-number-1', 'Bearer token-number-2'],
    request: { headers: { authorization: '<redacted>' } },
  });
});

it('holds the delivery when there is none, or when the next one is late as well', async () => {
  expect(await attempt([token(1), unavailable], [late])).toMatchObject({ outcome: { kind: 'unavailable' }, requests: 0, request: null });
  expect(await attempt([token(1), token(2)], [late, late])).toMatchObject({ outcome: { kind: 'unavailable' }, requests: 0, request: null });
});

it('renews a refused token once, and sends again inside the same attempt', async () => {
  expect(await attempt([token(1)], [answered(401), answered(204)], token(2))).toMatchObject({ outcome: { kind: 'delivered' }, requests: 2, invalidated: [1], told: [2] });
  expect(await attempt([token(1)], [answered(401), answered(401)], token(2))).toMatchObject({
    outcome: { kind: 'failed', status: 401 },
    requests: 2,
    invalidated: [1],
    told: [-2],
  });
});

it('takes 403 invalid_token for a refusal of the token, and no other 403', async () => {
  const invalid = answered(403, { 'www-authenticate': 'Bearer realm="x", error="invalid_token"' });
  expect(await attempt([token(1)], [invalid, answered(204)], token(2))).toMatchObject({ outcome: { kind: 'delivered' }, requests: 2, invalidated: [1] });
  expect(await attempt([token(1)], [answered(403)], token(2))).toMatchObject({ outcome: { kind: 'failed', status: 403 }, requests: 1, invalidated: [], told: [] });
});

it('tells who accepted a token', async () => {
  expect(await attempt([token(3)], [answered(204)])).toMatchObject({ told: [3] });
  expect(await attempt([token(3)], [answered(500)])).toMatchObject({ told: [] });
});

it('leaves it at the refusal where no other token can be had', async () => {
  for (const renewed of [refused, unavailable, null])
    expect(await attempt([token(1)], [answered(401)], renewed)).toMatchObject({ outcome: { kind: 'failed', status: 401 }, requests: 1 });
});

it('keeps the refusal where the second request does not get past our own proxy', async () => {
  const proxy: Answer = { ok: false, error: { class: 'proxy', detail: 'it broke' }, timings };
  expect(await attempt([token(1)], [answered(401), proxy], token(2))).toMatchObject({ outcome: { kind: 'failed', status: 401 }, requests: 1 });
});

it('tells what the endpoint says of the token, and never the token', async () => {
  const challenge = { 'www-authenticate': 'Bearer error="insufficient_scope", scope="hooks:write"' };
  expect(await attempt([token(1)], [answered(403, challenge)])).toMatchObject({
    outcome: { kind: 'failed', detail: 'the endpoint says insufficient_scope, and wants the scope hooks:write' },
    invalidated: [],
  });
  const echo = { 'www-authenticate': 'Bearer error="no token-number-1"' };
  expect(JSON.stringify(await attempt([token(1)], [answered(403, echo)]).then(({ outcome, answer }) => [outcome, answer]))).not.toContain('token-number-1');
});

it('calls what fails on our side nobody’s failure, so that a sample is answered as well', async () => {
  const broken: Sendable = {
    ...delivery,
    endpoint: {
      ...delivery.endpoint,
      sign: () => {
        throw new Error('the secret does not open');
      },
    },
  };
  const ports = { tokens: { get: () => token(1), renew: () => token(2), told: () => undefined }, egress: { send: () => Promise.reject(new Error('never')) }, now: () => NOW };
  expect(await deliver(broken, ports)).toMatchObject({ requests: 0, answer: null, outcome: { kind: 'unavailable', detail: 'internal' } });
});

it('sends nothing once its partition may be somebody else’s, however long the connection took: a process that was stopped sent what another had', async () => {
  const sent: OutboundRequest[] = [];
  let isOurs = true;
  const lease = { go: () => isOurs, sendBefore: NOW + 50 };
  const ports = {
    tokens: { get: () => token(1_000), renew: () => null, told: () => undefined },
    egress: {
      send: (request: OutboundRequest) => {
        sent.push(request);
        isOurs = false; // it took too long
        return Promise.resolve(late);
      },
    },
    now: () => NOW,
  };
  expect(await deliver(delivery, ports, lease)).toBeNull();
  expect(sent.map(({ sendBefore }) => sendBefore)).toEqual([NOW + 50]);
});
