import type { Callback, Errand, Grave, HeldFor, Hold, Tier } from '@nuncio/contracts';
import { longestHoldMs, nextTier } from '@nuncio/retry';
import type { WideLog } from '@nuncio/service';
import type { Spans } from '@nuncio/tracing';
import { metrics } from '../metrics.js';
import { attemptLine } from './attempt-line.js';
import type { Bulkhead } from './bulkhead.js';
import { decide, exhausted, type Decision } from './decide.js';
import { deliver, type DeliverPorts } from './deliver.js';
import { beginAttempt, delayed, endAttempt } from './delivery-spans.js';
import { backSince, errandOf, knownOf, retryOf, type Delivery } from './delivery.js';
import type { Lane } from './lane.js';
import type { Lease } from './lease.js';
import type { Attempt, Outcome } from './outcome.js';
import { aboutOf, after, type Recorder } from './recorder.js';
import type { Waited } from './waits.js';

/** The record that a delivery came from. `lost`: its partition has another owner, and nothing more is to be written of it. */
export interface Origin {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly lost: AbortSignal;
}

export interface PipelinePorts extends DeliverPorts {
  readonly bulkhead: Bulkhead;
  readonly recorder: Recorder;
  /** One line an attempt. */
  readonly log: Pick<WideLog, 'line'>;
  /** In [0, 1). */
  readonly random: () => number;
  /** Whether configuration still says what it said when the delivery was made. */
  readonly isCurrent: (delivery: Delivery) => boolean;
  /** Absent where nothing is traced. */
  readonly spans?: Spans | undefined;
}

/**
 * `done`: this step is done and on record. `abandoned`: it is left to somebody else. `outdated`: nothing was sent, and configuration has changed while it
 * waited for its turn.
 */
export type Passed = 'done' | 'abandoned' | 'outdated';

/** One delivery through one step, top to bottom: lane → lease → deliver → decide → write the next step → write the fact. */
export class Pipeline {
  constructor(private readonly ports: PipelinePorts) {}

  /** Rejects only when a record of ours is refused. */
  async run(delivery: Delivery, origin: Origin, lease: Lease): Promise<Passed> {
    const { callback } = delivery.endpoint;
    const lane = this.#lane(callback);
    const entered = lane.enter({ bytes: delivery.event.payload.length, backSince: backSince(delivery, this.ports.now()), signal: lease });
    const place = entered instanceof Promise ? await entered : entered;
    let attempt: Attempt | null = null;
    try {
      const goes = lease.go();
      if (!(goes instanceof Promise ? await goes : goes)) return 'abandoned';
      if (!this.ports.isCurrent(delivery)) return 'outdated';
      if (!place) {
        const isFor = lane.waitsFor;
        await this.#hold(delivery, origin, { for: isFor, outcome: { kind: 'unavailable', detail: HELD_FOR[isFor] } });
        return 'done';
      }
      place.begin();
      attempt = await deliver(delivery, this.ports, lease);
    } finally {
      place?.leave(hasAnswered(attempt));
    }
    // Who slept longer than the group waits learns only now that somebody else has gone on.
    if (!attempt || !(await lease.go())) return 'abandoned';
    if (attempt.answer?.ok === false && attempt.answer.error.class === 'proxy') metrics.proxyFailures.inc();
    const decision = decide(attempt.outcome, { callback, retriesUsed: delivery.retriesUsed, endedAt: attempt.endedAt, random: this.ports.random() });
    await (decision.attempted ? this.#attempted(delivery, origin, { attempt, waited: place.waited }, decision) : this.#unattempted(delivery, origin, attempt.outcome, decision));
    return 'done';
  }

  #lane(callback: Callback): Lane {
    return this.ports.bulkhead.lane(callback, { ...callback.limits, timeoutMs: callback.timeoutMs });
  }

  /** First what follows, then the fact, each acknowledged: a crash in between repeats the step, and never loses it. */
  async #attempted(delivery: Delivery, origin: Origin, { attempt, waited }: Attended, { next: decided, signal }: Decision): Promise<void> {
    const next = decided.step === 'later' ? { ...decided, retriesUsed: (delivery.retriesUsed ?? 0) + 1 } : decided;
    const { now, spans } = this.ports;
    const recorder = this.#recorder(origin);
    if (next.step === 'held') return;
    const span = spans ? beginAttempt(spans, delivery, attempt, waited) : null;
    if (next.step === 'later') {
      const errand = retryOf(delivery, attempt.startedAt, next.notBefore);
      const topic = topicOf(nextTier(next.notBefore - now(), true));
      await recorder.travel(topic, delivery.event, delivery.id, errand);
      if (spans && span) delayed(spans, span.traceparent, delivery, { topic: topic.name, reason: 'retry', notBefore: next.notBefore, from: attempt.endedAt, to: now() });
    } else if (next.step === 'dead') await recorder.deadLetter(delivery, errandOf(delivery, { notBefore: attempt.endedAt }), graveOf(origin, attempt.outcome));
    if (signal) await recorder.signal(delivery, signal, attempt.outcome);
    metrics.attempts.inc({ outcome: attempt.outcome.kind === 'delivered' ? 'delivered' : 'failed', error_class: errorClassOf(attempt.outcome) });
    await recorder.attempted(delivery, attempt, next, waited, span?.traceparent);
    if (spans && span) endAttempt(spans, span, attempt, next, now());
    this.ports.log.line(attempt.endedAt, attempt.outcome.kind, () => attemptLine(delivery, attempt, next));
    if (next.step === 'parked') await this.#park({ ...delivery, number: delivery.number + 1, retriesUsed: 0, hop: after(delivery, attempt.endedAt) }, origin, 'exhausted');
  }

  async #unattempted(delivery: Delivery, origin: Origin, outcome: Outcome, { next, signal }: Decision): Promise<void> {
    if (next.step === 'held') {
      await this.#hold(delivery, origin, { for: outcome.kind === 'no-token' ? 'no-token' : 'ours', outcome });
      return;
    }
    if (signal) await this.#recorder(origin).signal(delivery, signal, outcome);
    await this.#park(delivery, origin, 'no token');
  }

  /** Without an attempt: comes back through a hold tier, as long as the schedule in all, at least a day; then it is exhausted. What is our own failure ends nothing, and leaves at least half of that time. */
  async #hold(delivery: Delivery, origin: Origin, hold: Holding): Promise<void> {
    const { now } = this.ports;
    const recorder = this.#recorder(origin);
    const reason = HELD_FOR[hold.for];
    const unable = hold.for === 'no-token' || hold.for === 'ours';
    const longestMs = longestHoldMs(delivery.endpoint.callback.retry);
    const heldSince = Math.max(delivery.heldSince ?? now(), hold.for === 'ours' ? now() - longestMs / 2 : 0);
    if (now() - heldSince > longestMs) {
      await this.#exhaust(delivery, origin, hold);
      return;
    }
    const tier = this.#lane(delivery.endpoint.callback).hold({ order: orderOf(delivery.id, heldSince), heldForMs: now() - heldSince, unable });
    const errand = errandOf(delivery, { notBefore: now() + tier.delayMs, heldSince, holds: delivery.holds + 1 });
    const from = now();
    await recorder.travel(tier.topic, delivery.event, delivery.id, errand);
    if (this.ports.spans) delayed(this.ports.spans, delivery.event.traceparent, delivery, { topic: tier.topic.name, reason, notBefore: errand.notBefore, from, to: now() });
    metrics.unattempted.inc({ fact: 'held' });
    const isFirst = delivery.heldSince === null;
    if (!isFirst && tier.delayMs < WORTH_TELLING_MS) return;
    const fact = { fact: 'held', number: delivery.number, reason, hold: this.#shown(errand, heldSince, hold, delivery.endpoint.callback) } as const;
    await recorder.fact(aboutOf(delivery), fact, isFirst ? heldSince : now());
  }

  #shown({ notBefore, reason, retriesUsed, hop, holds }: Errand, since: number, { for: isFor, outcome }: Holding, { retry }: Callback): Hold {
    const tokenError = outcome.kind === 'no-token' ? outcome.tokenError : null;
    return { for: isFor, since, notBefore, givesUpAt: since + longestHoldMs(retry), tokenError, reason, retriesUsed, hop, holds };
  }

  /** The end of a hold is the end of the schedule, without an attempt. */
  async #exhaust(delivery: Delivery, origin: Origin, { for: isFor, outcome }: Holding): Promise<void> {
    const { now } = this.ports;
    const reason = HELD_FOR[isFor];
    const recorder = this.#recorder(origin);
    const { next, signal } = exhausted({ callback: delivery.endpoint.callback, retriesUsed: delivery.retriesUsed });
    if (signal) await recorder.signal(delivery, signal, outcome);
    if (next.step === 'parked') {
      await this.#park(delivery, origin, reason);
      return;
    }
    await recorder.deadLetter(delivery, errandOf(delivery, { notBefore: now() }), { ...placeOf(origin), reason: 'exhausted', detail: reason });
    metrics.unattempted.inc({ fact: 'exhausted' });
    await recorder.fact(aboutOf(delivery), { fact: 'exhausted', number: delivery.number, reason });
  }

  async #park(delivery: Delivery, origin: Origin, reason: string): Promise<void> {
    metrics.unattempted.inc({ fact: 'parked' });
    await this.#recorder(origin).fact(aboutOf(delivery), { fact: 'parked', position: knownOf(delivery.subscription, delivery.endpoint), number: delivery.number, reason });
  }

  #recorder({ lost }: Origin): Recorder {
    return this.ports.recorder.until(lost);
  }
}

/** Why a delivery waits without an attempt. */
interface Holding {
  readonly for: HeldFor;
  readonly outcome: Outcome;
}

/** An attempt, and what was waited for before. */
interface Attended {
  readonly attempt: Attempt;
  readonly waited: Waited;
}

const HELD_FOR = {
  busy: 'the endpoint is busy',
  silent: 'the endpoint answers nothing',
  rate: 'its rate is limited',
  'no-token': 'no token',
  ours: 'Nuncio cannot send now',
} as const satisfies Readonly<Record<HeldFor, string>>;

/** Of a shorter hold after the first, whoever asks when it ends would have the answer too late. */
const WORTH_TELLING_MS = 30_000;

/** Null: the endpoint was not asked. */
const hasAnswered = (attempt: Attempt | null): boolean | null => (attempt?.outcome.kind === 'unavailable' ? null : (attempt?.answer?.ok ?? null));

function topicOf(tier: Tier | null): Tier['topic'] {
  if (!tier) throw new Error('a first hop always has a tier');
  return tier.topic;
}

/** Its place among all that are held: by when it was held first, and always the same among those of one millisecond (ids end in hex digits). */
const orderOf = (id: string, heldSince: number): number => heldSince + parseInt(id.slice(-ID_DIGITS), 16) / 16 ** ID_DIGITS;
const ID_DIGITS = 3;

const placeOf = ({ topic, partition, offset }: Origin): Pick<Grave, 'topic' | 'partition' | 'offset'> => ({ topic, partition, offset });

const errorClassOf = (outcome: Outcome): string => (outcome.kind === 'failed' ? outcome.errorClass : outcome.kind === 'no-token' ? 'token' : '');

const graveOf = (origin: Origin, outcome: Outcome): Grave => ({
  ...placeOf(origin),
  reason: errorClassOf(outcome),
  detail: outcome.kind === 'failed' && outcome.status !== null ? `status ${outcome.status}` : null,
});
