import { crc32 } from 'node:zlib';
import { deliveryId, forNewer, type Errand, type NuncioEvent } from '@nuncio/contracts';
import type { InboundRecord } from '@nuncio/kafka';
import { knownOf } from '../delivery/delivery.js';
import type { Claim } from '../delivery/fence.js';
import type { Origin } from '../delivery/origin.js';
import type { Pipeline } from '../delivery/pipeline.js';
import { aboutErrand, type Recorder } from '../delivery/recorder.js';
import { metrics } from '../metrics.js';
import type { Route } from '../routing/routing-table.js';
import { deliveryOf, standingOf, type Configured, type Standing } from './resolve.js';
import { DELIVERIES_A_TURN, turn } from './turn.js';

/** A record's errand, and the parts that are still to be done. */
export interface Work {
  readonly event: NuncioEvent;
  readonly errand: Errand;
  /** Indexes of `errand.subscriptions`, from 0. */
  readonly pending: readonly number[];
  /** The routes of `errand.subscriptions`, if the event was matched just now. */
  readonly matched?: readonly Route[];
  /** Marks a part as done. */
  readonly finish: (part: number) => void;
}

/**
 * The parts of a record that former owners have not finished. `matched`: the subscriptions were found just now, and not read from the record. Another
 * owner may find others, in another order, so finished parts count for this list only.
 */
export function workOf(record: Pick<InboundRecord, 'split'>, event: NuncioEvent, errand: Errand, matched?: readonly Route[]): Work {
  const { subscriptions } = errand;
  if (subscriptions.length === 1) return { event, errand, matched, pending: [0], finish: () => undefined };
  const parts = record.split(subscriptions.length, matched ? crc32(subscriptions.join()) & 0xffff : undefined);
  const pending = subscriptions.flatMap((_, part) => (parts.isDone(part) ? [] : [part]));
  return { event, errand, matched, pending, finish: (part) => { parts.done(part); } };
}

type Unsendable = Exclude<Standing, { is: 'send' | 'newer' }>;

/** Carries out errands: reads the present configuration, then runs the delivery, or records why it was not sent. */
export class Errands {
  constructor(
    private readonly configured: Configured,
    private readonly pipeline: Pick<Pipeline, 'run'>,
    private readonly recorder: Recorder,
  ) {}

  /**
   * Starts all of them, a portion at a time. A delivery that cannot be sent waits in its own callback's lane and delays nobody else. True = all are
   * done, or handed on; false = they are left unchanged to the next owner. Rejects when all have ended and one of them failed internally.
   */
  async start(work: Work, origin: Origin, claim: Claim): Promise<boolean> {
    return work.errand.subscriptions.length > 1 ? this.#startAll(work, origin, claim) : this.#carryOut(work, 0, origin, claim);
  }

  /** When the record is given up half done, the rest goes on as an errand of its own; otherwise its next owner would do all of it again. */
  async #startAll(work: Work, origin: Origin, claim: Claim): Promise<boolean> {
    const { event, errand, pending, finish } = work;
    const { subscriptions } = errand;
    const unfinished = new Set(pending);
    const isHalfDone = (): boolean => unfinished.size > 0 && unfinished.size < subscriptions.length;
    const handedOn = Promise.withResolvers<null>();
    const endShare = claim.share(isHalfDone, () => { handedOn.resolve(null); });
    const carryOut = async (part: number): Promise<void> => {
      if (!(await this.#carryOut(work, part, origin, claim))) return;
      if (unfinished.delete(part)) finish(part);
    };
    try {
      const ended = await Promise.race([settledInTurns(pending, carryOut, () => unfinished.size === 0), handedOn.promise]);
      for (const one of ended ?? []) if (one.status === 'rejected') throw one.reason;
      if (!isHalfDone() || origin.lost.aborted) return unfinished.size === 0;
      const left = subscriptions.filter((_, part) => unfinished.has(part));
      unfinished.clear();
      await this.recorder.until(origin.lost).fanOut(event, { ...errand, subscriptions: left, hop: errand.hop + 1 });
      return true;
    } finally {
      endShare();
    }
  }

  /** The configuration at its turn counts, not the one at the time when it began to wait. */
  async #carryOut({ event, errand, matched }: Work, part: number, origin: Origin, claim: Claim): Promise<boolean> {
    const subscription = errand.subscriptions[part] ?? '';
    const lease = claim.lease();
    try {
      if (errand.cancel) return (await lease.go()) && (await this.#canceled(event, errand, subscription, origin));
      for (;;) {
        const standing = standingOf(this.configured, subscription, event, matched?.[part]);
        if (standing.is === 'newer') return (await lease.go()) && (await this.#leave(event, errand, subscription, origin));
        if (standing.is !== 'send') return (await lease.go()) && (await this.#unsent(event, errand, subscription, standing, origin));
        const passed = await this.pipeline.run(deliveryOf(event, errand, standing.endpoint, standing.subscription), origin, lease);
        if (passed !== 'outdated') return passed === 'done';
        lease.end();
      }
    } finally {
      lease.end();
    }
  }

  /** Leaves it to a dispatcher of the newer release. */
  async #leave(event: NuncioEvent, errand: Errand, subscription: string, { lost }: Origin): Promise<boolean> {
    await this.recorder.until(lost).travel(forNewer.topic, event, deliveryId(errand.event, subscription), { ...errand, subscriptions: [subscription], hop: errand.hop + 1 });
    metrics.unattempted.inc({ fact: 'left' });
    return true;
  }

  async #canceled(event: NuncioEvent, errand: Errand, subscription: string, { lost }: Origin): Promise<boolean> {
    const { number, of, requestedBy } = errand;
    if (!of) return true;
    await this.recorder.until(lost).fact(aboutErrand(event, errand, subscription, of), { fact: 'canceled', number, reason: `it was canceled by ${requestedBy ?? 'hand'}`, requestedBy });
    metrics.unattempted.inc({ fact: 'canceled' });
    return true;
  }

  /** Records a delivery that cannot be sent under the present configuration: it is parked, or its end is recorded. */
  async #unsent(event: NuncioEvent, errand: Errand, subscription: string, standing: Unsendable, { lost }: Origin): Promise<boolean> {
    const recorder = this.recorder.until(lost);
    const isNew = errand.number === 1 && errand.reason === 'first' && errand.heldSince === null;
    const neverWas = isNew || errand.fresh === true;
    const of = standing.is === 'gone' ? errand.of : whoseOf(standing);
    if (!of) return true;
    const { number, operation } = errand;
    const about = aboutErrand(event, errand, subscription, of);
    const { why: reason } = standing;
    if (neverWas && (standing.is === 'gone' || standing.is === 'refused')) {
      // The subscription does not get this event any more, so there is no delivery; only a bulk operation is told.
      if (operation !== undefined) await recorder.dropped(about, number, reason);
      return true;
    }
    const fact = factOf(standing, errand, isNew);
    if (fact === 'parked' && standing.is !== 'gone') await recorder.fact(about, { fact, position: knownOf(standing.subscription, standing.endpoint), number, reason });
    else if (fact === 'skipped') await recorder.fact(about, { fact, reason });
    else await recorder.fact(about, { fact: 'canceled', number, reason });
    metrics.unattempted.inc({ fact });
    return true;
  }
}

/**
 * A delivery that waits for its subscription or callback, or that somebody asked for, is parked until they are active. A retry ends, and so does a
 * delivery that the subscription may not have at all.
 */
function factOf(standing: Unsendable, { reason }: Errand, isNew: boolean): 'parked' | 'skipped' | 'canceled' {
  if (standing.is === 'park') return 'parked';
  if (isNew) return 'skipped';
  return reason !== 'first' && reason !== 'retry' && mayComeBack(standing) ? 'parked' : 'canceled';
}

const mayComeBack = (standing: Unsendable): boolean =>
  standing.is === 'disabled' || (standing.is === 'refused' && (standing.refusal === 'inactive' || standing.refusal === 'tenant-suspended'));

/** Starts the parts in portions, until `isOver`. Settles when all started ones have. */
async function settledInTurns(parts: readonly number[], start: (part: number) => Promise<void>, isOver: () => boolean): Promise<PromiseSettledResult<void>[]> {
  const portions: Promise<PromiseSettledResult<void>[]>[] = [];
  for (let from = 0; from < parts.length && !isOver(); from += DELIVERIES_A_TURN) {
    await turn('fan-out', parts.length - from);
    portions.push(Promise.allSettled(parts.slice(from, from + DELIVERIES_A_TURN).map(start)));
  }
  return (await Promise.all(portions)).flat();
}

const whoseOf = ({ subscription: { state }, endpoint }: Exclude<Standing, { is: 'gone' | 'newer' }>): NonNullable<Errand['of']> => ({
  tenant: state.tenant,
  application: endpoint?.callback.application ?? '',
  callback: state.callback,
});
