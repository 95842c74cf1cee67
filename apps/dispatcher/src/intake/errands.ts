import { crc32 } from 'node:zlib';
import { deliveryId, type Errand, type NuncioEvent } from '@nuncio/contracts';
import type { ConfigView, InboundRecord } from '@nuncio/kafka';
import type { Claim } from '../delivery/fence.js';
import { knownOf } from '../delivery/delivery.js';
import type { Pipeline, Origin } from '../delivery/pipeline.js';
import type { Recorder } from '../delivery/recorder.js';
import { metrics } from '../metrics.js';
import type { Endpoints } from '../routing/endpoint.js';
import { deliveryOf, standingOf, type Standing } from './resolve.js';

/** A record's errand, and what of it is still to be done. */
export interface Work {
  readonly event: NuncioEvent;
  readonly errand: Errand;
  /** Which of `errand.subscriptions`, from 0. */
  readonly pending: readonly number[];
  /** One of them is done. */
  readonly finish: (part: number) => void;
}

/**
 * What former owners of a record have left of it. `isMatched`: the subscriptions were found just now, and not read from the record. Another owner may find
 * others, in another order, so that what is finished of a list counts for this list alone.
 */
export function workOf(record: Pick<InboundRecord, 'split'>, event: NuncioEvent, errand: Errand, isMatched = false): Work {
  const { subscriptions } = errand;
  if (subscriptions.length === 1) return { event, errand, pending: [0], finish: () => undefined };
  const parts = record.split(subscriptions.length, isMatched ? crc32(subscriptions.join()) & 0xffff : undefined);
  const pending = subscriptions.flatMap((_, part) => (parts.isDone(part) ? [] : [part]));
  return { event, errand, pending, finish: (part) => { parts.done(part); } };
}

/** Carries out errands: looks what configuration says now, then runs the delivery, or puts on record why it was not sent. */
export class Errands {
  constructor(
    private readonly view: Pick<ConfigView, 'get'>,
    private readonly endpoints: Endpoints,
    private readonly pipeline: Pick<Pipeline, 'run'>,
    private readonly recorder: Recorder,
  ) {}

  /**
   * Starts all of them at once: what cannot go waits in its own callback's lane and keeps nobody else. True = all are done, or handed on; false = left as they
   * are to the next owner. Rejects when all have come to an end and one of them by a fault of ours.
   */
  async start(work: Work, origin: Origin, claim: Claim): Promise<boolean> {
    const { event, errand } = work;
    const [only = '', ...more] = errand.subscriptions;
    return more.length ? this.#startAll(work, origin, claim) : this.#carryOut(event, errand, only, origin, claim);
  }

  /** When the record is given up half done, what is left of it goes on as an errand of its own: its next owner would do it again as a whole. */
  async #startAll({ event, errand, pending, finish }: Work, origin: Origin, claim: Claim): Promise<boolean> {
    const { subscriptions } = errand;
    const unfinished = new Set(pending);
    const isHalfDone = (): boolean => unfinished.size > 0 && unfinished.size < subscriptions.length;
    const handedOn = Promise.withResolvers<null>();
    const endShare = claim.share(isHalfDone, () => { handedOn.resolve(null); });
    const carryOut = async (part: number): Promise<void> => {
      if (!(await this.#carryOut(event, errand, subscriptions[part] ?? '', origin, claim))) return;
      if (unfinished.delete(part)) finish(part);
    };
    try {
      const ended = await Promise.race([Promise.allSettled(pending.map(carryOut)), handedOn.promise]);
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

  /** What is configured counts when its turn comes, not when it began to wait. */
  async #carryOut(event: NuncioEvent, errand: Errand, subscription: string, origin: Origin, claim: Claim): Promise<boolean> {
    const lease = claim.lease();
    try {
      if (errand.cancel) return (await lease.go()) && (await this.#canceled(event, errand, subscription, origin));
      for (;;) {
        const standing = standingOf(this.view, this.endpoints, subscription);
        if (standing.is !== 'send') return (await lease.go()) && (await this.#unsent(event, errand, subscription, standing, origin));
        const passed = await this.pipeline.run(deliveryOf(event, errand, standing.endpoint, standing.subscription), origin, lease);
        if (passed !== 'outdated') return passed === 'done';
        lease.end();
      }
    } finally {
      lease.end();
    }
  }

  async #canceled(event: NuncioEvent, { number, eventAt, hop, of, requestedBy }: Errand, subscription: string, { lost }: Origin): Promise<boolean> {
    if (!of) return true;
    const about = { id: deliveryId(event.id, subscription), event, eventAt, subscription, of, hop };
    await this.recorder.until(lost).fact(about, { fact: 'canceled', number, reason: 'it was canceled', requestedBy });
    metrics.unattempted.inc({ fact: 'canceled' });
    return true;
  }

  /** Not to be sent as things stand: what is parked waits, and the rest is put on record. */
  async #unsent(event: NuncioEvent, errand: Errand, subscription: string, standing: Exclude<Standing, { is: 'send' }>, { lost }: Origin): Promise<boolean> {
    const recorder = this.recorder.until(lost);
    const isNew = errand.number === 1 && errand.reason === 'first' && errand.heldSince === null;
    const of = standing.is === 'gone' ? errand.of : whoseOf(standing);
    if (!of || (isNew && (standing.is === 'gone' || standing.is === 'inactive'))) return true; // it matches no more, as if it never had
    const { number, eventAt, hop } = errand;
    const about = { id: deliveryId(event.id, subscription), event, eventAt, subscription, of, hop };
    const fact = factOf(standing, errand, isNew);
    if (fact === 'parked' && standing.is !== 'gone') await recorder.fact(about, { fact, position: knownOf(standing.subscription, standing.endpoint), number, reason: REASONS[standing.is] });
    else if (fact === 'skipped') await recorder.fact(about, { fact, reason: REASONS[standing.is] });
    else await recorder.fact(about, { fact: 'canceled', number, reason: REASONS[standing.is] });
    metrics.unattempted.inc({ fact });
    return true;
  }
}

/** What was parked, or asked for by somebody, waits until it may be sent; a retry ends. */
function factOf({ is }: Exclude<Standing, { is: 'send' }>, { reason }: Errand, isNew: boolean): 'parked' | 'skipped' | 'canceled' {
  if (is === 'park') return 'parked';
  if (isNew) return 'skipped';
  return is === 'gone' || reason === 'first' || reason === 'retry' ? 'canceled' : 'parked';
}

const REASONS = {
  park: 'the subscription is blocked',
  disabled: 'the callback is disabled',
  inactive: 'the subscription is not active',
  gone: 'the subscription was deleted',
} as const;

const whoseOf = ({ subscription: { state }, endpoint }: Exclude<Standing, { is: 'gone' }>): NonNullable<Errand['of']> => ({
  tenant: state.tenant,
  application: endpoint?.callback.application ?? '',
  callback: state.callback,
});
