import { expect, it } from '@jest/globals';
import type { Answer } from '@nuncio/egress';
import type { Bulkhead } from '../lanes/bulkhead.js';
import type { Delivery } from './delivery.js';
import { Fence } from './fence.js';
import type { Origin } from './origin.js';
import { Pipeline } from './pipeline.js';
import { Recorder } from './recorder.js';
import { NO_WAIT } from '../lanes/waits.js';

const NOW = 1_000_000;
const unanswered: Answer = { ok: false, error: { class: 'timeout', detail: '' }, timings: { dns: null, connect: null, tls: null, firstByte: null, total: 1 } };
const delivery = {
  id: 'dlv_1',
  event: { id: 'evt_1', publisher: '', ceId: '1', source: '/s', type: 't', time: null, tenants: [], contentType: null, payload: Buffer.from('{}'), attributes: {} },
  eventAt: NOW,
  endpoint: {
    callback: {
      id: 'cb_1',
      tenant: 'tnt_1',
      application: 'app_1',
      method: 'POST',
      url: 'https://hooks.example.com/in',
      envelope: 'raw',
      timeoutMs: 5_000,
      limits: {},
      authentication: { type: 'oauth2', credential: 'cred_1' },
      retry: { delaysSeconds: [5], jitter: 0, successStatuses: ['2xx'], retryOn: 'any', onGone: 'retry', onExhausted: 'dead-letter', retryAfterMaxSeconds: 1, disableAfterDays: 0 },
    },
    position: 1,
    sign: () => ({}),
    ownHeaders: {},
    secretNames: new Set(),
  },
  subscription: { id: 'sub_1', position: 1, state: { callback: 'cb_1', tenant: 'tnt_1' } },
  number: 1,
  retriesUsed: 0,
  firstAttemptAt: null,
  activatedAt: 1,
  reason: 'first',
  hop: 0,
  heldSince: null,
  holds: 0,
  requestedBy: null,
} as unknown as Delivery;
const place = { waited: NO_WAIT, begin: () => undefined, leave: () => undefined };

/**
 * Runs one failed attempt during which `during` happens to the process. Returns what it wrote, with the signal that would
 * stop the writing.
 */
async function fail(during: (world: { sleep: () => void; lose: () => void }) => void) {
  let isMember = true;
  const [stopping, losing] = [new AbortController(), new AbortController()];
  const claim = new Fence(() => (isMember ? Infinity : 0)).claim({ signal: stopping.signal, lost: losing.signal });
  const origin: Origin = { topic: 'events', partition: 0, offset: '0', lost: losing.signal };
  const written: { topic: string; signal: AbortSignal | undefined }[] = [];
  const write = (topic: { name: string }, signal?: AbortSignal): Promise<void> => Promise.resolve(void written.push({ topic: topic.name, signal }));
  const pipeline = new Pipeline({
    tokens: { get: () => ({ kind: 'granted', bearer: 'token', generation: 1, usableUntil: Infinity }), renew: () => Promise.reject(new Error('nobody refused')), told: () => undefined },
    egress: {
      send: () => {
        during({
          sleep: () => (isMember = false),
          lose: () => { losing.abort(); },
        });
        return Promise.resolve(unanswered);
      },
    },
    bulkhead: { lane: () => ({ enter: () => place }) } as unknown as Bulkhead,
    recorder: new Recorder({ send: (topic, _, signal) => write(topic, signal), sendJson: (topic, _key, _value, signal) => write(topic, signal) }, () => NOW),
    log: { line: () => undefined },
    now: () => NOW,
    random: () => 0,
    isCurrent: () => true,
  });
  const passed = await pipeline.run(delivery, origin, claim.lease());
  return { passed, written, lost: losing.signal };
}

it('writes the retry, then the fact, each only as long as the partition is ours', async () => {
  const { passed, written, lost } = await fail(() => undefined);
  expect(passed).toBe('done');
  expect(written.map(({ topic }) => topic)).toEqual([expect.stringMatching(/^delay\./), 'attempts']);
  for (const { signal } of written) expect(signal).toBe(lost);
});

it('writes nothing when it wakes as no member any more: a second attempt followed the success of the new owner', async () => {
  const { passed, written } = await fail(({ sleep, lose }) => {
    sleep();
    setTimeout(lose, 50);
  });
  expect({ passed, written }).toEqual({ passed: 'abandoned', written: [] });
});
