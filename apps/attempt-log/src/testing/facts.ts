import { deliveryId, eventId, newId, type Attempted, type AttemptFact, type DeliveryFact } from '@nuncio/contracts';
import type { InboundRecord } from '@nuncio/kafka';
import fc from 'fast-check';
import type { PlacedFact } from '../ingest/attempt-fact.js';

/** The fields that name a delivery, with defaults. */
export function ofDelivery(over: Partial<Pick<DeliveryFact, 'ceId' | 'eventAt' | 'eventType' | 'tenant' | 'callback' | 'subscription'>> = {}) {
  const { ceId = 'n-1', eventAt = Date.now(), eventType = 'invoice.paid', tenant = 'acme', callback = 'cb_1', subscription = 'sub_1' } = over;
  const event = eventId('/orders', ceId);
  return {
    event,
    eventAt,
    eventType,
    ceId,
    ceSource: '/orders',
    delivery: deliveryId(event, subscription),
    tenant,
    application: `app_${tenant}`,
    callback,
    subscription,
    at: eventAt,
  };
}

export const attempted = (of: ReturnType<typeof ofDelivery>, number: number, over: Partial<Attempted> = {}): Attempted => ({
  fact: 'attempted',
  ...of,
  id: newId('att', of.eventAt + number),
  number,
  reason: number === 1 ? 'first' : 'retry',
  requestedBy: null,
  startedAt: of.eventAt + number * 1_000,
  requests: 1,
  request: { method: 'POST', url: 'https://hooks.example.com/in', headers: { authorization: '<redacted>' } },
  response: { status: 503, headers: { 'set-cookie': ['a', 'b'] }, body: 'busy\u0000', bodyEncoding: 'utf8', bodyTruncated: false },
  timingsMs: { token: 0, dns: 1, connect: 2, tls: 9, firstByte: 40, total: 41 },
  outcome: 'failed',
  error: { class: 'http', detail: null },
  tokenError: null,
  next: { step: 'later', notBefore: of.eventAt + number * 1_000 + 5_000 },
  ...over,
});

export const succeeded: Partial<Attempted> = {
  outcome: 'delivered',
  error: null,
  response: { status: 204, headers: {}, body: '', bodyEncoding: 'utf8', bodyTruncated: false },
  next: { step: 'done' },
};

export const inbound = (value: string | Buffer | null, over: Partial<InboundRecord> = {}): InboundRecord => ({
  topic: 'attempts',
  partition: 0,
  offset: '0',
  key: Buffer.from('key'),
  value: typeof value === 'string' ? Buffer.from(value) : value,
  headers: {},
  timestamp: Date.now(),
  split: () => ({ isDone: () => false, done: () => undefined }),
  done: () => undefined,
  abandon: () => undefined,
  ...over,
});

export const placed = <F extends AttemptFact>(fact: F, offset: number): PlacedFact<F> => ({
  fact,
  record: inbound(JSON.stringify(fact), { offset: String(offset) }),
});

const NO_TIME: Attempted['timingsMs'] = { token: 0, dns: null, connect: null, tls: null, firstByte: null, total: 0 };

/** Any fact of one delivery, with numbers, times and positions so close that they collide. */
export function anyFact(of: ReturnType<typeof ofDelivery>): fc.Arbitrary<DeliveryFact> {
  const near = fc.integer({ min: 0, max: 3 });
  const place = fc.record({ number: near.map((n) => n + 1), at: near.map((n) => of.at + n) });
  const attempt = fc
    .tuple(place, near, fc.constantFrom('a', 'B'), fc.constantFrom<Partial<Attempted>>(succeeded, {}, { next: { step: 'later', notBefore: of.at + 5, retriesUsed: 1 } }, { next: { step: 'parked' } }, { next: { step: 'dead' } }))
    .map(([{ number, at }, startedAt, id, over]) => attempted(of, number, { at, startedAt: of.at + startedAt, timingsMs: NO_TIME, ...over, id: `${id}-${[number, at, startedAt, over.next?.step].join('-')}` }));
  const hold = near.map((n) => ({ for: 'busy', since: of.at, notBefore: of.at + n, givesUpAt: of.at + 9, tokenError: null, reason: 'first', retriesUsed: 0, hop: n, holds: 1 }));
  const other = fc
    .tuple(place, near, fc.constantFrom('parked', 'held', 'skipped', 'canceled', 'exhausted', 'expired'), fc.constantFrom(null, '', 'busy', 'é', '𝒜', '\uffff'), fc.option(hold, { nil: undefined }))
    .map(([{ number, at }, position, fact, reason, held]) => ({ fact, ...of, at, reason, ...(fact !== 'skipped' && { number }), ...(fact === 'parked' && { position }), ...(fact === 'held' && { hold: held }) }) as DeliveryFact);
  return fc.oneof(attempt, other);
}
