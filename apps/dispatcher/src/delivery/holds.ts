import { pausedFor, type Errand, type HeldFor, type Hold, type Topic } from '@nuncio/contracts';
import { longestHoldMs, nextTier } from '@nuncio/retry';
import type { Spans } from '@nuncio/tracing';
import { metrics } from '../metrics.js';
import { exhausted } from './decide.js';
import { delayed } from './delivery-spans.js';
import { errandOf, knownOf, type Delivery } from './delivery.js';
import type { Lane } from './lane.js';
import { placeOf, type Origin } from './origin.js';
import type { Outcome } from './outcome.js';
import { aboutOf, type Recorder } from './recorder.js';

export interface HoldsPorts {
  readonly recorder: Recorder;
  readonly now: () => number;
  /** Absent where nothing is traced. */
  readonly spans?: Spans | undefined;
}

/** Why a delivery waits without an attempt. */
interface Holding {
  readonly for: HeldFor;
  readonly outcome: Outcome;
}

/** The record that ends a hold, and where it waits. `clockFrom`: the beginning of the time that a hold may last. */
interface OnHold {
  readonly errand: Errand;
  readonly topic: Topic;
  readonly since: number;
  readonly clockFrom: number;
}

/** Deliveries that wait without an attempt: held deliveries come back after a time, parked ones after a change. */
export class Holds {
  constructor(private readonly ports: HoldsPorts) {}

  /** There was no place in its lane. */
  turnedAway(delivery: Delivery, origin: Origin, lane: Lane): Promise<void> {
    const isFor = lane.waitsFor;
    return this.#hold(delivery, origin, lane, { for: isFor, outcome: { kind: 'unavailable', detail: HELD_FOR[isFor] } });
  }

  /** There was no token, or we could not send. */
  unable(delivery: Delivery, origin: Origin, lane: Lane, outcome: Outcome): Promise<void> {
    return this.#hold(delivery, origin, lane, { for: outcome.kind === 'no-token' ? 'no-token' : 'ours', outcome });
  }

  /** Milliseconds for which it waits for the end of its callback's pause, or for its turn afterwards; 0 = it goes. */
  keptMs(delivery: Delivery, lane: Lane): number {
    const now = this.ports.now();
    const { callback } = delivery.endpoint;
    const forMs = pausedFor(callback, now);
    // A delivery that was kept until the end of the pause, and then for its turn, goes.
    if (forMs === 0 && (delivery.pausedUntil ?? 0) <= now) return 0;
    const heldSince = delivery.heldSince ?? now;
    const keptMs = Math.ceil(lane.keep({ order: orderOf(delivery.id, heldSince), heldForMs: now - heldSince, until: callback.pausedUntil ?? 0, forMs }));
    return forMs > 0 || keptMs >= WORTH_WAITING_MS ? keptMs : 0;
  }

  /** Spends no attempt. The time that a hold may last begins anew afterwards. */
  keep(delivery: Delivery, origin: Origin, keptMs: number): Promise<void> {
    const now = this.ports.now();
    const { callback } = delivery.endpoint;
    const pausedUntil = now + pausedFor(callback, now);
    const since = delivery.heldSince ?? now;
    const errand = errandOf(delivery, { notBefore: now + keptMs, heldSince: since, holds: delivery.holds + 1, pausedUntil });
    const holding = { for: 'paused', outcome: { kind: 'unavailable', detail: HELD_FOR.paused } } as const;
    return this.#putOnHold(delivery, origin, holding, { errand, topic: firstHop(keptMs), since, clockFrom: Math.max(pausedUntil, errand.notBefore) });
  }

  async park(delivery: Delivery, { lost }: Origin, reason: string): Promise<void> {
    metrics.unattempted.inc({ fact: 'parked' });
    await this.ports.recorder.until(lost).fact(aboutOf(delivery), { fact: 'parked', position: knownOf(delivery.subscription, delivery.endpoint), number: delivery.number, reason });
  }

  /**
   * Puts a delivery on hold without an attempt. It may be held as long as its schedule is in all, at least a day, and is then exhausted. Time on hold for a failure of our
   * own takes at most half of that.
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

  /** The end of a hold is the end of the schedule, without an attempt. */
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

/** Where a wait of so many milliseconds begins. */
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
} as const satisfies Readonly<Record<HeldFor, string>>;

/** A turn after a pause that is nearer than that is taken at once. */
const WORTH_WAITING_MS = 1_000;

/** For a shorter hold, an answer to "when does it end?" would come too late. */
const WORTH_TELLING_MS = 30_000;

function shown({ notBefore, reason, retriesUsed, hop, holds }: Errand, { for: isFor, outcome }: Holding, since: number, givesUpAt: number): Hold {
  const tokenError = outcome.kind === 'no-token' ? outcome.tokenError : null;
  return { for: isFor, since, notBefore, givesUpAt, tokenError, reason, retriesUsed, hop, holds };
}

/** Its place among all that are held: by when it was held first, and always the same among those of one millisecond (ids end in hex digits). */
const orderOf = (id: string, heldSince: number): number => heldSince + parseInt(id.slice(-ID_DIGITS), 16) / 16 ** ID_DIGITS;
const ID_DIGITS = 3;
