import type { Callback, RecordFailure } from '@nuncio/contracts';
import type { WideLog } from '@nuncio/service';
import type { Spans } from '@nuncio/tracing';
import { metrics } from '../metrics.js';
import { attemptLine } from '../attempt/attempt-line.js';
import type { Bulkhead } from '../lanes/bulkhead.js';
import { decide, type DecisionOnAttempt, type DecisionWithoutAttempt } from './decide.js';
import { deliver, type DeliverPorts } from '../attempt/deliver.js';
import { beginAttempt, delayed, endAttempt } from './delivery-spans.js';
import { backSince, errandOf, retryOf, type Delivery } from './delivery.js';
import { firstHop, Holds } from './holds.js';
import type { Lane } from '../lanes/lane.js';
import type { Lease } from './lease.js';
import { placeOf, type Origin } from './origin.js';
import type { Attempt, Outcome } from '../attempt/outcome.js';
import { after, type Recorder } from './recorder.js';
import type { Waited } from '../lanes/waits.js';

interface PipelinePorts extends DeliverPorts {
  readonly bulkhead: Bulkhead;
  readonly recorder: Recorder;
  /** One line per attempt. */
  readonly log: Pick<WideLog, 'line'>;
  /** In [0, 1). */
  readonly random: () => number;
  /** Whether the configuration is still the one that the delivery was made with. */
  readonly isCurrent: (delivery: Delivery) => boolean;
  /** Absent if nothing is traced. */
  readonly spans?: Spans | undefined;
}

/**
 * `done`: this step is done and on record. `abandoned`: it is left to another process. `outdated`: nothing was sent, since the configuration has
 * changed while the delivery waited for its turn.
 */
export type Passed = 'done' | 'abandoned' | 'outdated';

/** One delivery through one step, top to bottom: lane → lease → deliver → decide → write the next step → write the fact. */
export class Pipeline {
  readonly #holds: Holds;

  constructor(private readonly ports: PipelinePorts) {
    this.#holds = new Holds(ports);
  }

  /** Rejects only if Kafka refuses a record. */
  async run(delivery: Delivery, origin: Origin, lease: Lease): Promise<Passed> {
    const { callback } = delivery.endpoint;
    const lane = this.#lane(callback);
    const keptMs = this.#holds.keptMs(delivery, lane);
    if (keptMs > 0) {
      if (!(await lease.go())) return 'abandoned';
      await this.#holds.keep(delivery, origin, keptMs);
      return 'done';
    }
    const entered = lane.enter({ bytes: delivery.event.payload.length, backSince: backSince(delivery, this.ports.now()), signal: lease });
    const place = entered instanceof Promise ? await entered : entered;
    let attempt: Attempt | null = null;
    try {
      const goes = lease.go();
      if (!(goes instanceof Promise ? await goes : goes)) return 'abandoned';
      if (!this.ports.isCurrent(delivery)) return 'outdated';
      if (!place) {
        await this.#holds.turnedAway(delivery, origin, lane);
        return 'done';
      }
      place.begin();
      attempt = await deliver(delivery, this.ports, lease);
    } finally {
      place?.leave(hasAnswered(attempt));
    }
    // A process that slept longer than the session timeout learns only now that another one has taken over.
    if (!attempt || !(await lease.go())) return 'abandoned';
    if (attempt.answer?.ok === false && attempt.answer.error.class === 'proxy') metrics.proxyFailures.inc();
    const decision = decide(attempt.outcome, { callback, retriesUsed: delivery.retriesUsed, endedAt: attempt.endedAt, random: this.ports.random() });
    await (decision.attempted ? this.#attempted(delivery, origin, { attempt, waited: place.waited }, decision) : this.#unattempted(delivery, origin, attempt.outcome, decision));
    return 'done';
  }

  #lane(callback: Callback): Lane {
    return this.ports.bulkhead.lane(callback, { ...callback.limits, timeoutMs: callback.timeoutMs });
  }

  /** Writes the next step first, then the fact, each acknowledged: a crash in between repeats the step, and never loses it. */
  async #attempted(delivery: Delivery, origin: Origin, { attempt, waited }: Attended, { next: decided, signal }: DecisionOnAttempt): Promise<void> {
    const next = decided.step === 'later' ? { ...decided, retriesUsed: (delivery.retriesUsed ?? 0) + 1 } : decided;
    const { now, spans } = this.ports;
    const recorder = this.#recorder(origin);
    const span = spans ? beginAttempt(spans, delivery, attempt, waited) : null;
    if (next.step === 'later') {
      const errand = retryOf(delivery, attempt.startedAt, next.notBefore);
      const topic = firstHop(next.notBefore - now());
      await recorder.travel(topic, delivery.event, delivery.id, errand);
      if (spans && span) delayed(spans, span.traceparent, delivery, { topic: topic.name, reason: 'retry', notBefore: next.notBefore, from: attempt.endedAt, to: now() });
    } else if (next.step === 'dead') await recorder.deadLetter(delivery, errandOf(delivery, { notBefore: attempt.endedAt }), failureOf(origin, attempt.outcome));
    if (signal) await recorder.signal(delivery, signal, attempt.outcome);
    metrics.attempts.inc({ outcome: attempt.outcome.kind === 'delivered' ? 'delivered' : 'failed', error_class: errorClassOf(attempt.outcome) });
    await recorder.attempted(delivery, attempt, next, waited, span?.traceparent);
    if (spans && span) endAttempt(spans, span, attempt, next, now());
    this.ports.log.line(attempt.endedAt, attempt.outcome.kind, () => attemptLine(delivery, attempt, next));
    if (next.step === 'parked') await this.#holds.park({ ...delivery, number: delivery.number + 1, retriesUsed: 0, hop: after(delivery, attempt.endedAt) }, origin, 'exhausted');
  }

  async #unattempted(delivery: Delivery, origin: Origin, outcome: Outcome, { next, signal }: DecisionWithoutAttempt): Promise<void> {
    if (next.step === 'held') {
      await this.#holds.unable(delivery, origin, this.#lane(delivery.endpoint.callback), outcome);
      return;
    }
    if (signal) await this.#recorder(origin).signal(delivery, signal, outcome);
    await this.#holds.park(delivery, origin, 'no token');
  }

  #recorder({ lost }: Origin): Recorder {
    return this.ports.recorder.until(lost);
  }
}

/** An attempt, and what it waited for before. */
interface Attended {
  readonly attempt: Attempt;
  readonly waited: Waited;
}

/** null = the endpoint was not asked. */
const hasAnswered = (attempt: Attempt | null): boolean | null => (attempt?.outcome.kind === 'unavailable' ? null : (attempt?.answer?.ok ?? null));

const errorClassOf = (outcome: Outcome): string => (outcome.kind === 'failed' ? outcome.errorClass : outcome.kind === 'no-token' ? 'token' : '');

const failureOf = (origin: Origin, outcome: Outcome): RecordFailure => ({
  ...placeOf(origin),
  reason: errorClassOf(outcome),
  detail: outcome.kind === 'failed' && outcome.status !== null ? `status ${outcome.status}` : null,
});
