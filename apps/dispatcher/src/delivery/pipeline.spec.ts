import { describe, expect, it } from '@jest/globals';
import type { Callback } from '@nuncio/contracts';
import { profiles } from '@nuncio/retry';
import type { Grant } from '../tokens/grant.js';
import { Bulkhead } from '../lanes/bulkhead.js';
import type { Delivery } from './delivery.js';
import { Fence } from './fence.js';
import type { Origin } from './origin.js';
import { Pipeline } from './pipeline.js';
import { Recorder } from './recorder.js';

const NOW = 2_000_000_000_000;
const DAY = 86_400_000;

/** A callback with OAuth and the given profile, as the view has it. */
const callback = (profile: keyof typeof profiles): Callback => {
  const { method, envelope, timeoutMs, retry, onTokenFailure, limits } = profiles[profile];
  return {
    id: 'cb_1',
    tenant: 'acme',
    application: 'app_1',
    groups: [],
    name: 'ledger',
    url: 'https://hooks.acme.com/in',
    enabled: true,
    disabledReason: null,
    pausedUntil: null,
    profile,
    signing: { scheme: 'none', keyId: null, publicKey: null, secrets: [] },
    authentication: { type: 'oauth2', credential: 'cred_1' },
    headers: {},
    secretHeaders: {},
    ...{ method, envelope, timeoutMs, retry, onTokenFailure, limits },
  };
};

const delivery = (profile: keyof typeof profiles, more: Partial<Delivery>): Delivery => ({
  id: 'dlv_1',
  event: { id: 'evt_1', publisher: '', ceId: '1', source: '/s', type: 't', time: null, tenants: [], contentType: null, payload: Buffer.from('{}'), attributes: {} },
  eventAt: NOW - 10 * DAY,
  endpoint: { callback: callback(profile), position: 1, sign: () => ({}), ownHeaders: {}, secretNames: new Set() },
  subscription: {
    kind: 'subscription',
    id: 'sub_1',
    position: 7,
    version: 1,
    at: 0,
    state: { id: 'sub_1', tenant: 'acme', callback: 'cb_1', eventTypes: ['t'], filter: null, state: 'activated', reason: null, approved: false, awaitsApproval: false, activatedAt: 7 },
  },
  number: 1,
  retriesUsed: 0,
  firstAttemptAt: null,
  activatedAt: 7,
  reason: 'first',
  dueAt: NOW,
  hop: 0,
  heldSince: null,
  holds: 0,
  requestedBy: null,
  ...more,
});

const unavailable: Grant = { kind: 'unavailable', detail: 'away' };
const refused: Grant = { kind: 'refused', tokenError: { class: 'http', httpStatus: 401, code: 'invalid_client' } };

/**
 * Returns what a delivery without a token writes, and where; by default the token is missing because of an internal
 * failure.
 */
async function recorded(held: Delivery, grant = unavailable) {
  const sent: { topic: string; value: Record<string, unknown> | null }[] = [];
  const producer: ConstructorParameters<typeof Recorder>[0] = {
    send: ({ name }) => Promise.resolve(void sent.push({ topic: name, value: null })),
    sendJson: ({ name }, _key, value) => Promise.resolve(void sent.push({ topic: name, value: value as Record<string, unknown> })),
  };
  const pipeline = new Pipeline({
    tokens: { get: () => grant, renew: () => null, told: () => undefined },
    egress: { send: () => Promise.reject(new Error('never')) },
    now: () => NOW,
    bulkhead: new Bulkhead(
      {
        rate: () => ({ take: () => true, nextInMs: 0 }),
        concurrency: (_, demand) => ({ places: demand().total, admits: () => true, ended: () => undefined }),
        share: () => 1,
      },
      { now: () => NOW, patience: () => NOW },
      { inFlight: 10, queued: { deliveries: 10, bytes: 1_000 } },
    ),
    recorder: new Recorder(producer, () => NOW),
    log: { line: () => undefined },
    random: () => 0,
    isCurrent: () => true,
  });
  const { signal } = new AbortController();
  const origin: Origin = { topic: 'nuncio.events', partition: 0, offset: '1', lost: signal };
  expect(await pipeline.run(held, origin, new Fence(() => Infinity).claim({ signal, lost: signal }).lease())).toBe('done');
  return sent;
}

it('holds what cannot be sent, for a day', async () => {
  const sent = await recorded(delivery('webhookie', { heldSince: NOW - DAY, holds: 9 }));
  expect(sent.map(({ topic }) => topic)).toEqual([expect.stringMatching(/^delay/), 'attempts']);
});

const PAST = { heldSince: NOW - 4 * DAY, holds: 9 };

it('takes a hold past its limit for the end of the schedule: by the policy it blocks and parks, or becomes a dead letter', async () => {
  const holding = (profile: keyof typeof profiles, more: Partial<Delivery> = PAST): Delivery => {
    const made = delivery(profile, more);
    return { ...made, endpoint: { ...made.endpoint, callback: { ...made.endpoint.callback, onTokenFailure: 'hold' } } };
  };
  expect(await recorded(holding('webhookie'), refused)).toMatchObject([
    { topic: 'signals', value: { signal: 'exhausted', subscription: 'sub_1', position: 7, errorClass: 'token' } },
    { topic: 'attempts', value: { fact: 'parked', number: 1, position: 7, reason: 'no token' } },
  ]);
  for (const dead of [holding('standard'), holding('webhookie', { ...PAST, retriesUsed: null })])
    expect(await recorded(dead, refused)).toMatchObject([{ topic: 'dead-letters' }, { topic: 'attempts', value: { fact: 'exhausted', number: 1, reason: 'no token' } }]);
});

it('ends no delivery for what is our own failure, however long it lasts, and leaves it half of its time: it was dead-lettered', async () => {
  for (const profile of ['webhookie', 'standard', 'persona'] as const) {
    const [hop, fact, ...more] = await recorded(delivery(profile, PAST));
    expect([hop?.topic, fact?.value, more]).toEqual([expect.stringMatching(/^delay/), expect.objectContaining({ fact: 'held', reason: 'Nuncio cannot send now' }), []]);
    const { since, givesUpAt } = (fact?.value as { hold: { since: number; givesUpAt: number } }).hold;
    expect(NOW - since).toBe(givesUpAt - NOW);
  }
});

describe('a delivery of a callback that is paused', () => {
  const paused = (pausedUntil: number, more: Partial<Delivery> = {}): Delivery => {
    const made = delivery('standard', more);
    return { ...made, endpoint: { ...made.endpoint, callback: { ...made.endpoint.callback, pausedUntil } } };
  };
  const HOUR = 3_600_000;
  type Fact = { readonly hold: { readonly notBefore: number; readonly givesUpAt: number } };

  it('is kept, and neither asks for a token nor spends an attempt', async () => {
    const asks = (): never => { throw new Error('it asked for a token'); };
    const [hop, fact, ...more] = await recorded(paused(NOW + HOUR), { get kind() { return asks(); } } as unknown as Grant);
    expect([hop?.topic, fact?.value, more]).toEqual([expect.stringMatching(/^delay/), expect.objectContaining({ fact: 'held', number: 1, reason: 'its callback is paused', hold: expect.objectContaining({ for: 'paused' }) }), []]);
  });

  it('comes to no end by the time that it was kept, which does not count', async () => {
    const [, fact] = await recorded(paused(NOW + HOUR, PAST));
    const { givesUpAt } = (fact?.value as unknown as Fact).hold;
    expect(givesUpAt).toBeGreaterThan(NOW + HOUR + DAY);
    const [, after] = await recorded(paused(NOW - HOUR, { ...PAST, pausedUntil: NOW - HOUR }));
    expect(after?.value).toMatchObject({ fact: 'held', reason: 'Nuncio cannot send now', hold: { since: NOW - HOUR } });
  });

  it('goes once the pause is over', async () => {
    const [, fact] = await recorded(paused(NOW));
    expect(fact?.value).toMatchObject({ reason: 'Nuncio cannot send now' });
  });
});
