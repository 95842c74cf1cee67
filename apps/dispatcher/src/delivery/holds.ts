import { pausedFor, type Errand, type HeldFor, type Hold, type ReasonSentence, type Topic } from '@nuncio/contracts';
import { longestHoldMs, nextTier } from '@nuncio/retry';
import type { Spans } from '@nuncio/tracing';
import { metrics } from '../metrics.js';
import { exhausted } from './decide.js';
import { delayed } from './delivery-spans.js';
import { errandOf, knownOf, type Delivery } from './delivery.js';
import type { Lane } from '../lanes/lane.js';
import { placeOf, type Origin } from './origin.js';
import type { Outcome } from '../attempt/outcome.js';
import { aboutOf, type Recorder } from './recorder.js';

export interface HoldsPorts {
  readonly recorder: Recorder;
  readonly now: () => number;
  /** Absent if nothing is traced. */
  readonly spans?: Spans | undefined;
}

/** Why a delivery waits without an attempt. */
interface Holding {
  readonly for: HeldFor;
  readonly outcome: Outcome;
}

/** The record that ends a hold, and the topic in which it waits. `clockFrom`: when the maximum time of the hold began. */
interface OnHold {
  readonly errand: Errand;
  readonly topic: Topic;
  readonly since: number;
  readonly clockFrom: number;
}

/** Deliveries that wait without an attempt: held ones come back after a time, parked ones after a change of the configuration. */
export class Holds {
  constructor(private readonly ports: HoldsPorts) {}

  /** Holds a delivery for which its lane had no room. */
  turnedAway(delivery: Delivery, origin: Origin, lane: Lane): Promise<void> {
    const isFor = lane.holdsFor;
    return this.#hold(delivery, origin, lane, { for: isFor, outcome: { kind: 'unavailable', detail: HELD_FOR[isFor] } });
  }

  /** Holds a delivery without a token, or one that could not be sent because of an internal failure. */
  unable(delivery: Delivery, origin: Origin, lane: Lane, outcome: Outcome): Promise<void> {
    return this.#hold(delivery, origin, lane, { for: outcome.kind === 'no-token' ? 'no-token' : 'ours', outcome });
  }

  /** For how many milliseconds the delivery waits for the end of its callback's pause, or for its turn after the pause; 0 = it can be sent. */
  keptMs(delivery: Delivery, lane: Lane): number {
    const now = this.ports.now();
    const { callback } = delivery.endpoint;
    const forMs = pausedFor(callback, now);
    // The delivery was kept until the end of the pause, and then for its turn: it can be sent.
    if (forMs === 0 && (delivery.pausedUntil ?? 0) <= now) return 0;
    const heldSince = delivery.heldSince ?? now;
    const keptMs = Math.ceil(lane.keep({ order: orderOf(delivery.id, heldSince), heldForMs: now - heldSince, until: callback.pausedUntil ?? 0, forMs }));
    return forMs > 0 || keptMs >= WORTH_WAITING_MS ? keptMs : 0;
  }

  /** Keeps a delivery without counting an attempt. The maximum time of its hold begins again afterwards. */
  keep(delivery: Delivery, origin: Origin, keptMs: number): Promise<void> {
    const now = this.ports.now();
    const { callback } = delivery.endpoint;
    const pausedUntil = now + pausedFor(callback, now);
    const since = delivery.heldSince ?? now;
    const errand = errandOf(delivery, { notBefore: now + keptMs, heldSince: since, holds: delivery.holds + 1, pausedUntil });
    const holding = { for: 'paused', outcome: { kind: 'unavailable', detail: HELD_FOR.paused } } as const;
    return this.#putOnHold(delivery, origin, holding, { errand, topic: firstHop(keptMs), since, clockFrom: Math.max(pausedUntil, errand.notBefore) });
  }

  async park(delivery: Delivery, { lost }: Origin, reason: ReasonSentence): Promise<void> {
    metrics.unattempted.inc({ fact: 'parked' });
    await this.ports.recorder.until(lost).fact(aboutOf(delivery), { fact: 'parked', position: knownOf(delivery.subscription, delivery.endpoint), number: delivery.number, reason });
  }

  /**
   * Holds a delivery without an attempt. It comes back through a hold tier, for as long as its retry schedule in total, at least a day; then it is
   * exhausted. An internal failure ends no delivery, and leaves at least half of that time.
   */
  async #hold(delivery: Delivery, origin: Origin, lane: Lane, holding: Holding): Promise<void> {
    const now = this.ports.now();
    const unable = holding.for === 'no-token' || holding.for === 'ours';
    const longestMs = longestHoldMs(delivery.endpoint.callback.retry);
    const pausedUntil = delivery.pausedUntil && Math.min(delivery.pausedUntil, now);
    const since = Math.max(delivery.heldSince ?? now, holding.for === 'ours' ? now - longestMs / 2 : 0, pausedUntil ?? 0);
    if (now - since > longestMs) {
      await this.#exhaust(delivery, origin, holding);
      return;
    }
    const tier = lane.hold({ order: orderOf(delivery.id, since), heldForMs: now - since, unable });
    const errand = errandOf(delivery, { notBefore: now + tier.delayMs, heldSince: since, holds: delivery.holds + 1, pausedUntil });
    await this.#putOnHold(delivery, origin, holding, { errand, topic: tier.topic, since, clockFrom: since });
  }

  async #putOnHold(delivery: Delivery, { lost }: Origin, holding: Holding, { errand, topic, since, clockFrom }: OnHold): Promise<void> {
    const { now, spans } = this.ports;
    const recorder = this.ports.recorder.until(lost);
    const from = now();
    const waitMs = errand.notBefore - from;
    await recorder.travel(topic, delivery.event, delivery.id, errand);
    if (spans) delayed(spans, delivery.event.traceparent, delivery, { topic: topic.name, reason: HELD_FOR[holding.for], notBefore: errand.notBefore, from, to: now() });
    metrics.unattempted.inc({ fact: 'held' });
    const isFirst = delivery.heldSince === null;
    if (!isFirst && waitMs < WORTH_TELLING_MS) return;
    const hold = shown(errand, holding, since, clockFrom + longestHoldMs(delivery.endpoint.callback.retry));
    await recorder.fact(aboutOf(delivery), { fact: 'held', number: delivery.number, reason: HELD_FOR[holding.for], hold }, isFirst ? since : now());
  }

  /** Ends a hold as the end of the schedule, without an attempt. */
  async #exhaust(delivery: Delivery, origin: Origin, { for: isFor, outcome }: Holding): Promise<void> {
    const reason = HELD_FOR[isFor];
    const recorder = this.ports.recorder.until(origin.lost);
    const { next, signal } = exhausted({ callback: delivery.endpoint.callback, retriesUsed: delivery.retriesUsed });
    if (signal) await recorder.signal(delivery, signal, outcome);
    if (next.step === 'parked') {
      await this.park(delivery, origin, reason);
      return;
    }
    await recorder.deadLetter(delivery, errandOf(delivery, { notBefore: this.ports.now() }), { ...placeOf(origin), reason: 'exhausted', detail: reason });
    metrics.unattempted.inc({ fact: 'exhausted' });
    await recorder.fact(aboutOf(delivery), { fact: 'exhausted', number: delivery.number, reason });
  }
}

/** The topic in which a wait of so many milliseconds begins. */
export function firstHop(waitMs: number): Topic {
  const tier = nextTier(waitMs, true);
  if (!tier) throw new Error('a first hop always has a tier');
  return tier.topic;
}

const HELD_FOR = {
  busy: 'the endpoint is busy',
  silent: 'the endpoint answers nothing',
  rate: 'its rate is limited',
  'no-token': 'no token',
  ours: 'Nuncio cannot send now',
  paused: 'its callback is paused',
} as const satisfies Readonly<Record<HeldFor, ReasonSentence>>;

/** A turn after a pause that is nearer than this is taken at once. */
const WORTH_WAITING_MS = 1_000;

/** For a shorter hold, telling its end would come too late. */
const WORTH_TELLING_MS = 30_000;

function shown({ notBefore, reason, retriesUsed, hop, holds }: Errand, { for: isFor, outcome }: Holding, since: number, givesUpAt: number): Hold {
  const tokenError = outcome.kind === 'no-token' ? outcome.tokenError : null;
  return { for: isFor, since, notBefore, givesUpAt, tokenError, reason, retriesUsed, hop, holds };
}

/** Its order among all held deliveries: by the time at which it was first held, and a fixed order within one millisecond (ids end in hex digits). */
const orderOf = (id: string, heldSince: number): number => heldSince + parseInt(id.slice(-ID_DIGITS), 16) / 16 ** ID_DIGITS;
const ID_DIGITS = 3;
