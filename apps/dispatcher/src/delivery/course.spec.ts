import { expect, it } from '@jest/globals';
import { Errand, RetryPolicy, tiers, type Callback } from '@nuncio/contracts';
import type { Answer } from '@nuncio/egress';
import { nextTier, profiles } from '@nuncio/retry';
import { Secret } from '@nuncio/sealing';
import { schemes } from '@nuncio/signing';
import fc from 'fast-check';
import { deliveryOf, firstErrand } from '../intake/resolve.js';
import { decide } from './decide.js';
import { deliver } from '../attempt/deliver.js';
import { retryOf, type Delivery } from './delivery.js';

const START = Date.parse('2026-01-01T00:00:00.600Z');
const DAY_SECONDS = 86_400;
const timings = { dns: null, connect: null, tls: null, firstByte: 1, total: 1 };
const event = { id: 'evt_1', publisher: '', ceId: '1', source: '/s', type: 't', time: null, tenants: [], contentType: null, payload: Buffer.from('{}'), attributes: {} };

/** A policy within the bounds of behaviour.md §1. */
const policy: fc.Arbitrary<RetryPolicy> = fc
  .record({
    delaysSeconds: fc.array(fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 14 * DAY_SECONDS })), { maxLength: 20 }),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
    successStatuses: fc.constantFrom(...Object.values(profiles).map(({ retry }) => retry.successStatuses)),
    retryOn: fc.constantFrom(...Object.values(profiles).map(({ retry }) => retry.retryOn)),
    onGone: fc.constantFrom('disable', 'retry', 'final'),
    onExhausted: fc.constantFrom('dead-letter', 'block'),
    retryAfterMaxSeconds: fc.integer({ min: 0, max: 14 * DAY_SECONDS }),
  })
  .map((given) => RetryPolicy.parse(given));

const answer: fc.Arbitrary<Answer> = fc.oneof(
  fc
    .record({
      status: fc.integer({ min: 200, max: 599 }),
      retryAfter: fc.option(
        fc.oneof(
          fc.nat(200_000).map(String),
          fc.nat(200_000).map((s) => new Date(START + s * 1_000).toUTCString()),
          fc.string(),
        ),
      ),
    })
    .map(({ status, retryAfter }): Answer => ({
      ok: true,
      status,
      headers: retryAfter === null ? {} : { 'retry-after': retryAfter },
      body: Buffer.alloc(0),
      truncated: false,
      timings,
    })),
  fc.constantFrom('timeout', 'connect', 'dns').map((errorClass): Answer => ({ ok: false, error: { class: errorClass, detail: 'broken' }, timings })),
);

it('numbers every attempt, counts down what is left, remembers when the first one was, and is never early, on any course under any policy and clock', async () => {
  await fc.assert(
    fc.asyncProperty(
      policy,
      fc.array(answer, { minLength: 21, maxLength: 21 }),
      fc.array(fc.nat(3_000), { minLength: 60, maxLength: 60 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      async (retry, answers, delays, random) => {
        const lateness = [...delays];
        const late = (): number => lateness.shift() ?? 0;
        let now = START;
        const callback = {
          id: 'cb_1',
          tenant: 'acme',
          application: 'app',
          method: 'POST',
          url: 'https://a.example',
          envelope: 'raw',
          timeoutMs: 5_000,
          authentication: { type: 'none' },
          retry,
          onTokenFailure: 'hold',
        } as unknown as Callback;
        const scheme = schemes.get('persona');
        const secret = { secret: new Secret('wbhsec_0123456789012345678901234567'), keyId: 'k', expiresAt: null };
        const endpoint = { callback, position: 1, sign: scheme!.signer([secret]), ownHeaders: {}, secretNames: new Set<string>() };
        const subscription = {
          kind: 'subscription',
          id: 'sub_1',
          position: 1,
          version: 1,
          at: 0,
          state: { activatedAt: 1 },
        } as unknown as Delivery['subscription'];
        const seen: [string | undefined, string | undefined, string | undefined][] = [];
        let errand = firstErrand(event, now, ['sub_1']);
        for (const reply of answers) {
          const delivery = deliveryOf(event, Errand.parse(JSON.parse(JSON.stringify(errand))), endpoint, subscription);
          const attempt = await deliver(delivery, {
            tokens: { get: () => ({ kind: 'unavailable', detail: '' }), renew: () => Promise.reject(new Error('never')), told: () => undefined },
            egress: {
              send: ({ headers: h }) => {
                seen.push([h['Persona-Webhook-Attempts-Made'], h['Persona-Webhook-Attempts-Left'], h['Persona-Webhook-First-Attempted-At']]);
                now += late();
                return Promise.resolve(reply);
              },
            },
            now: () => (now += 1),
          });
          const { next } = decide(attempt!.outcome, { callback, retriesUsed: delivery.retriesUsed, endedAt: attempt!.endedAt, random });
          if (next.step !== 'later') {
            const isOver = seen.length === retry.delaysSeconds.length + 1;
            const { outcome } = attempt!;
            expect(outcome.kind === 'delivered' || isOver || (outcome.kind === 'failed' && !outcome.retriable)).toBe(true);
            if (isOver && outcome.kind === 'failed' && outcome.retriable) expect(next.step).toBe(retry.onExhausted === 'block' ? 'parked' : 'dead');
            break;
          }
          const due = attempt!.endedAt + (retry.delaysSeconds[seen.length - 1] ?? 0) * 1_000;
          expect(next.notBefore).toBeGreaterThanOrEqual(due);
          errand = retryOf(delivery, attempt!.startedAt, next.notBefore);
          now = walk(errand.notBefore, now, late);
          expect(now).toBeGreaterThanOrEqual(errand.notBefore);
        }
        const all = retry.delaysSeconds.length + 1;
        expect(seen).toEqual(seen.map((_, i) => [String(i + 1), String(all - 1 - i), seen[0]?.[2]]));
      },
    ),
    { numRuns: 200 },
  );
});

/**
 * When a wait that begins now ends, if every hop is as late as `late` says. A delivery that is due meanwhile starts at once, and any other waits in
 * memory.
 */
function walk(notBefore: number, from: number, late: () => number): number {
  let now = from;
  let hops = 0;
  for (let tier = nextTier(notBefore - now, true); tier; tier = nextTier(notBefore - now, false)) {
    now += tier.delayMs + late();
    hops += 1;
    expect(hops).toBeLessThan(100);
    expect(tiers).toContain(tier);
  }
  return Math.max(now, notBefore);
}
