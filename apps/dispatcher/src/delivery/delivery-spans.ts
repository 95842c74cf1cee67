import type { NextStep, NuncioEvent } from '@nuncio/contracts';
import type { InboundRecord } from '@nuncio/kafka';
import type { Spans, Traced } from '@nuncio/tracing';
import type { Delivery } from './delivery.js';
import type { Attempt } from '../attempt/outcome.js';
import type { Waited } from '../lanes/waits.js';

/**
 * Begins the span of an event, and its trace if its publisher did not. null = it is not recorded. Names and attributes follow OpenTelemetry's
 * conventions for messaging and HTTP.
 */
export function beginIntake(spans: Spans, event: NuncioEvent, { topic, partition, offset }: InboundRecord): Traced | null {
  const attributes = {
    'messaging.system': 'kafka',
    'messaging.operation.type': 'process',
    'messaging.destination.name': topic,
    'messaging.destination.partition.id': String(partition),
    'messaging.kafka.offset': Number(offset),
    'nuncio.event.id': event.id,
    'nuncio.event.type': event.type,
  };
  return spans.begin('process events', event.traceparent, { kind: 'consumer', at: Date.now(), attributes });
}

/** The attributes of a delivery's spans. */
const attributesOf = ({ id, number, reason, subscription, endpoint: { callback } }: Delivery) => ({
  'nuncio.delivery.id': id,
  'nuncio.attempt.number': number,
  'nuncio.attempt.reason': reason,
  'nuncio.tenant': callback.tenant,
  'nuncio.callback': callback.id,
  'nuncio.subscription': subscription.id,
});

/**
 * Begins the span of an attempt, with the wait for its token and its request. A first attempt belongs to the trace of its event. A held delivery, a
 * retry, or a requested attempt has a trace of its own, linked to that one. null = it is not recorded.
 */
export function beginAttempt(spans: Spans, delivery: Delivery, attempt: Attempt, waited: Waited): Traced | null {
  const { traceparent } = delivery.event;
  const { place, process, rate } = waited;
  const start = { kind: 'internal', at: attempt.startedAt, attributes: { ...attributesOf(delivery), 'nuncio.waited_ms': place + process + rate } } as const;
  const isFirst = delivery.reason === 'first' && delivery.heldSince === null;
  const span = isFirst ? spans.within(traceparent, 'attempt', start) : spans.after(traceparent, 'attempt', start);
  if (!span) return null;
  const { startedAt, endedAt, tokenMs, refused, answer } = attempt;
  if (tokenMs > 0) spans.within(span.traceparent, 'token', { kind: 'internal', at: startedAt })?.end(startedAt + tokenMs);
  if (refused) endRequest(spans, span, delivery, refused.startedAt, refused.startedAt + refused.timingsMs.total, refused.response.status, null);
  if (answer && attempt.requests > 0) endRequest(spans, span, delivery, Math.max(startedAt, endedAt - answer.timings.total), endedAt, answer.ok ? answer.status : null, answer.ok ? null : answer.error.class);
  return span;
}

function endRequest(spans: Spans, { traceparent }: Traced, { endpoint: { callback } }: Delivery, from: number, to: number, status: number | null, error: string | null): void {
  const { host } = new URL(callback.url);
  const attributes = { 'http.request.method': callback.method, 'server.address': host, ...(status !== null && { 'http.response.status_code': status }), ...(error !== null && { 'error.type': error }) };
  spans.within(traceparent, callback.method, { kind: 'client', at: from, attributes })?.end(to, { error: error ?? (status !== null && status >= 400 ? `status ${status}` : null) });
}

/** Ends the span of an attempt whose next step and fact are acknowledged. */
export function endAttempt(spans: Spans, span: Traced, { outcome, endedAt }: Attempt, { step }: NextStep, at: number): void {
  spans.within(span.traceparent, 'send attempts', { kind: 'producer', at: endedAt, attributes: { 'messaging.system': 'kafka', 'messaging.destination.name': 'attempts', 'messaging.operation.type': 'send' } })?.end(at);
  span.end(at, { attributes: { 'nuncio.next': step }, error: outcome.kind === 'delivered' ? null : outcome.kind === 'failed' ? outcome.errorClass : outcome.kind });
}

/** Records the span of a retry or a held delivery on its way into a delay topic: from the decision until the topic has it. */
export function delayed(spans: Spans, parent: string | undefined, delivery: Delivery, why: { readonly topic: string; readonly reason: string; readonly notBefore: number; readonly from: number; readonly to: number }): void {
  const attributes = { ...attributesOf(delivery), 'messaging.system': 'kafka', 'messaging.operation.type': 'send', 'messaging.destination.name': why.topic, 'nuncio.delay.reason': why.reason, 'nuncio.delay.until': new Date(why.notBefore).toISOString() };
  spans.within(parent, 'delay', { kind: 'producer', at: why.from, attributes })?.end(why.to);
}
