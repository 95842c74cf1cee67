import {
  attempts,
  deadLetters,
  deliveries,
  deliveryId,
  ERRAND_HEADER,
  eventHeaders,
  FAILURE_HEADER,
  newId,
  signals,
  traceIdOf,
  type AttemptFact,
  type Attempted,
  type DeliveryFact,
  type Errand,
  type RecordFailure,
  type NextStep,
  type NuncioEvent,
  type ReasonSentence,
  type Signal,
  type Topic,
} from '@nuncio/contracts';
import type { BatchProducer } from '@nuncio/kafka';
import { whose, type Delivery } from './delivery.js';
import type { Attempt, Outcome } from '../attempt/outcome.js';
import { shownResponse } from '../attempt/shown-response.js';
import { NO_WAIT, type Waited } from '../lanes/waits.js';

/** The delivery that a fact is about: one event for one subscription, with its tenant and callback. */
export interface About {
  readonly id: string;
  readonly event: NuncioEvent;
  readonly eventAt: number;
  readonly subscription: string;
  readonly of: NonNullable<Errand['of']>;
  readonly operation?: string;
  /** The hop of its errand. If the log has sent it: the time of the fact that it was sent for. */
  readonly hop: number;
}

/** A fact without the fields of `About`. */
type Bare<F> = F extends DeliveryFact ? Omit<F, keyof ReturnType<typeof fieldsOf> | 'at' | 'reason'> & { readonly reason: ReasonSentence } : never;

/**
 * Writes facts and next steps to topics. Every method resolves when all in-sync replicas have acknowledged, and rejects if `lost` aborts before.
 */
export class Recorder {
  constructor(
    private readonly producer: Pick<BatchProducer, 'send' | 'sendJson'>,
    private readonly now: () => number,
    private readonly lost?: AbortSignal,
  ) {}

  /** Returns a recorder that writes only while the partition is this process's; afterwards its new owner records what happens. */
  until(lost: AbortSignal): Recorder {
    return new Recorder(this.producer, this.now, lost);
  }

  /** Sends the delivery through this topic with this errand, with the bytes and attributes of its event. */
  travel(topic: Topic, event: NuncioEvent, key: string, errand: Errand): Promise<void> {
    const headers = { ...eventHeaders(event), [ERRAND_HEADER]: JSON.stringify(errand) };
    return this.producer.send(topic, { key, value: event.payload, headers }, this.lost);
  }

  /** Sends through `deliveries`, at once, what is too wide for its record, or what is left of a record. */
  fanOut(event: NuncioEvent, errand: Errand): Promise<void> {
    return this.travel(deliveries, event, event.id, errand);
  }

  /** Writes a dead letter: the delivery is not sent again automatically. */
  deadLetter(delivery: Delivery, errand: Errand, failure: RecordFailure): Promise<void> {
    const headers = { ...eventHeaders(delivery.event), [ERRAND_HEADER]: JSON.stringify(errand), [FAILURE_HEADER]: JSON.stringify(failure) };
    return this.producer.send(deadLetters, { key: delivery.id, value: delivery.event.payload, headers }, this.lost);
  }

  signal({ subscription, endpoint }: Delivery, signal: Signal['signal'], outcome: Outcome): Promise<void> {
    const { id, position, state } = subscription;
    const [errorClass, status] =
      outcome.kind === 'failed'
        ? ([outcome.errorClass, outcome.status] as const)
        : outcome.kind === 'no-token'
          ? (['token', outcome.tokenError.httpStatus] as const)
          : (['internal', null] as const);
    const value: Signal = { signal, subscription: id, callback: state.callback, tenant: state.tenant, position, callbackPosition: endpoint.position, at: this.now(), errorClass, status };
    return this.producer.sendJson(signals, id, value, this.lost);
  }

  /** `traceparent`: of its span, if it is recorded. */
  attempted(delivery: Delivery, attempt: Attempt, next: NextStep, waited: Waited, traceparent?: string): Promise<void> {
    const { outcome, answer } = attempt;
    const { httpVersion = null, turnMs = 0, certificateEndsAt } = answer?.carriage ?? {};
    const fact: Attempted = {
      fact: 'attempted',
      ...fieldsOf(aboutOf(delivery)),
      at: after(delivery, attempt.endedAt),
      id: newId('att', attempt.startedAt),
      number: delivery.number,
      reason: delivery.reason,
      requestedBy: delivery.requestedBy,
      startedAt: attempt.startedAt,
      requests: attempt.requests,
      request: attempt.request,
      response: answer?.ok ? shownResponse(answer) : null,
      timingsMs: {
        token: attempt.tokenMs,
        ...(answer?.timings ?? { dns: null, connect: null, tls: null, firstByte: null, total: attempt.endedAt - attempt.startedAt }),
      },
      refused: attempt.refused,
      httpVersion,
      envelope: delivery.endpoint.callback.envelope,
      dueAt: delivery.dueAt,
      waitsMs: waited === NO_WAIT && turnMs === 0 ? undefined : { ...waited, handshake: turnMs },
      certificateEndsAt,
      traceId: delivery.event.traceparent && traceIdOf(delivery.event.traceparent),
      traceparent,
      outcome: outcome.kind === 'delivered' ? 'delivered' : 'failed',
      error:
        outcome.kind === 'failed'
          ? { class: outcome.errorClass, detail: outcome.detail }
          : outcome.kind === 'no-token'
            ? { class: 'token', detail: null }
            : null,
      tokenError: outcome.kind === 'no-token' ? outcome.tokenError : null,
      next,
    };
    return this.#fact(delivery.id, fact);
  }

  fact(about: About, fact: Bare<Exclude<DeliveryFact, Attempted>>, at = this.now()): Promise<void> {
    return this.#fact(about.id, { ...fact, ...fieldsOf(about), at: after(about, at) });
  }

  /** Records that a delivery which a bulk operation sent was dropped. */
  dropped(about: About, number: number, reason: ReasonSentence): Promise<void> {
    return this.#fact(about.id, { fact: 'dropped', ...fieldsOf(about), number, reason, at: after(about, this.now()) });
  }

  unmatched(event: NuncioEvent, eventAt: number, reason: Extract<AttemptFact, { fact: 'unmatched' }>['reason']): Promise<void> {
    return this.#fact(event.id, { fact: 'unmatched', event: event.id, eventAt, eventType: event.type, at: this.now(), reason, tenants: [...event.tenants] });
  }

  #fact(key: string, fact: AttemptFact): Promise<void> {
    return this.producer.sendJson(attempts, key, fact, this.lost);
  }
}

/** Returns a later time for a later fact, even if the clock is behind, since the log sorts by it. */
export const after = ({ hop }: Pick<About, 'hop'>, at: number): number => Math.max(at, hop + 1);

/** The delivery of an errand that is not sent. */
export const aboutErrand = (event: NuncioEvent, { eventAt, operation, hop }: Errand, subscription: string, of: About['of']): About => ({ id: deliveryId(event.id, subscription), event, eventAt, subscription, of, operation, hop });

export const aboutOf = (delivery: Delivery): About => ({
  id: delivery.id,
  event: delivery.event,
  eventAt: delivery.eventAt,
  subscription: delivery.subscription.id,
  of: whose(delivery),
  operation: delivery.operation,
  hop: delivery.hop,
});

const fieldsOf = ({ id, event, eventAt, subscription, of, operation }: About) => ({
  event: event.id,
  eventAt,
  eventType: event.type,
  ceId: event.ceId,
  ceSource: event.source,
  delivery: id,
  subscription,
  operation,
  ...of,
});
