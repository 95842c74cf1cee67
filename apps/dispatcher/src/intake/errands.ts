import { deliveryId, type Errand, type NuncioEvent } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import type { Pipeline, Origin } from '../delivery/pipeline.js';
import type { Recorder } from '../delivery/recorder.js';
import type { Passage } from '../delivery/turnstile.js';
import { metrics } from '../metrics.js';
import type { Endpoints } from '../routing/endpoint.js';
import { deliveryOf, standingOf, type Standing } from './resolve.js';

/** Carries out errands: looks what configuration says now, then runs the delivery, or puts on record why it was not sent. */
export class Errands {
  constructor(
    private readonly view: ConfigView,
    private readonly endpoints: Endpoints,
    private readonly pipeline: Pipeline,
    private readonly recorder: Recorder,
  ) {}

  /**
   * Starts all of them at once: what cannot go waits in its own callback's lane and keeps nobody else. True = all are done, false = abandoned.
   * Rejects when all have come to an end and one of them by a fault of ours.
   */
  async start(event: NuncioEvent, errand: Errand, origin: Origin): Promise<boolean> {
    const passage = origin.turnstile.passage(origin);
    try {
      const ended = await Promise.allSettled(errand.subscriptions.map((subscription) => this.#carryOut(event, errand, subscription, origin, passage)));
      for (const one of ended) if (one.status === 'rejected') throw one.reason;
      return ended.every((one) => one.status === 'fulfilled' && one.value);
    } finally {
      passage.end();
    }
  }

  /** What is configured counts when its turn comes, not when it began to wait. */
  async #carryOut(event: NuncioEvent, errand: Errand, subscription: string, origin: Origin, passage: Passage): Promise<boolean> {
    for (;;) {
      const standing = standingOf(this.view, this.endpoints, subscription);
      if (standing.is !== 'send') return this.#unsent(event, errand, subscription, standing, origin);
      const passed = await this.pipeline.run(deliveryOf(event, errand, standing.endpoint, standing.subscription), origin, passage);
      if (passed !== 'outdated') return passed === 'done';
    }
  }

  /** Not to be sent as things stand: what is parked waits, and the rest is put on record. */
  async #unsent(event: NuncioEvent, errand: Errand, subscription: string, standing: Exclude<Standing, { is: 'send' }>, { lost }: Origin): Promise<boolean> {
    const recorder = this.recorder.until(lost);
    const isNew = errand.number === 1 && errand.reason === 'first' && errand.heldSince === null;
    const of = standing.is === 'gone' ? errand.of : whoseOf(standing);
    if (!of || (isNew && (standing.is === 'gone' || standing.is === 'inactive'))) return true; // it matches no more, as if it never had
    const about = { id: deliveryId(event.id, subscription), event, eventAt: errand.eventAt, subscription, of, hop: errand.hop };
    const { number } = errand;
    if (standing.is === 'park') await recorder.fact(about, { fact: 'parked', position: standing.subscription.position, number, reason: REASONS.park });
    else if (isNew) await recorder.fact(about, { fact: 'skipped', reason: REASONS[standing.is] });
    else await recorder.fact(about, { fact: 'canceled', number, reason: REASONS[standing.is] });
    metrics.unattempted.inc({ fact: standing.is === 'park' ? 'parked' : isNew ? 'skipped' : 'canceled' });
    return true;
  }
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
