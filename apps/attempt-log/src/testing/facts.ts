import { deliveryId, eventId, newId, type Attempted, type AttemptFact, type DeliveryFact } from '@nuncio/contracts';
import type { InboundRecord } from '@nuncio/kafka';
import type { PlacedFact } from '../ingest/attempt-fact.js';

/** Whose the facts of a spec are, where it does not say. */
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
  offset,
  record: inbound(JSON.stringify(fact), { offset: String(offset) }),
});
