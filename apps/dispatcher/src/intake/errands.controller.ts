import { Controller, Inject } from '@nestjs/common';
import { deliveries, deliveryId, forNewer, readErrand, tiers, type Errand, type Tier } from '@nuncio/contracts';
import { newerRecords, OnBatch, type NewerRecord, type BatchProducer, type ConfigView, type InboundRecord, type RecordBatch } from '@nuncio/kafka';
import { nextTier } from '@nuncio/retry';
import type { Bulkhead } from '../lanes/bulkhead.js';
import type { Fence } from '../delivery/fence.js';
import { originOf } from '../delivery/origin.js';
import { aboutErrand, type Recorder } from '../delivery/recorder.js';
import { metrics } from '../metrics.js';
import type { Duplicates } from './duplicates.js';
import { workOf, type Errands, type Work } from './errands.js';
import { pause } from './pause.js';
import { quarantine } from './quarantine.js';
import { withoutRepetitions } from './repetitions.js';
import { settle, type SettleContext } from './settle.js';
import { DELAY, WORK } from './transports.js';
import { turn } from './turn.js';
import { Dispatcher } from '../dispatcher.js';

/** How long a dispatcher waits for its view to reach the position that an errand names. */
const VIEW_WAIT_MS = 5_000;

export interface ErrandsPorts {
  readonly producer: BatchProducer;
  readonly bulkhead: Pick<Bulkhead, 'turnMs'>;
  readonly duplicates: Duplicates;
  readonly errands: Errands;
  readonly recorder: Recorder;
  readonly view: ConfigView;
  readonly workFence: Fence;
  readonly delayFence: Fence;
  readonly now: () => number;
}

/** What all records of a batch have in common. */
interface Context extends SettleContext {
  readonly fence: Fence;
}

/** `deliveries` and the delay tiers: read → drop what is repeated → wait, or walk on to the next tier → deliver. */
@Controller()
export class ErrandsController {
  constructor(@Inject(Dispatcher) private readonly ports: ErrandsPorts) {}

  @OnBatch(deliveries.name, WORK)
  async onDeliveries(batch: RecordBatch): Promise<void> {
    await this.#carryOut(batch, this.ports.workFence);
  }

  @OnBatch(tiers.map((tier) => tier.topic.name), DELAY)
  async onDelayed(batch: RecordBatch): Promise<void> {
    await this.#carryOut(batch, this.ports.delayFence);
  }

  async #carryOut({ records, signal, lost }: RecordBatch, fence: Fence): Promise<void> {
    await turn('errands', records.length);
    const { producer } = this.ports;
    const context = { producer, fence, signal, lost };
    const readable: { record: InboundRecord; work: Work }[] = [];
    for (const record of records) {
      const read = readErrand(record);
      if (!('reason' in read)) readable.push({ record, work: workOf(record, read.event, read.errand) });
      else if (read.reason === 'newer-errand') settle(record, context, () => this.#leave(record, lost));
      else void quarantine(producer, record, read.reason, read.detail, context);
    }
    const own = await withoutRepetitions(readable, this.ports.duplicates, this.ports.now());
    for (const { record, work } of own) this.#goOn(record, work, context);
  }

  /** Starts what is due, when it has its turn. What is due later goes on to a tier, or waits here where no tier is as short. */
  #goOn(record: InboundRecord, work: Work, context: Context, hasTurn = false): void {
    const { signal, lost } = context;
    const dueInMs = work.errand.notBefore - this.ports.now();
    const tier = nextTier(dueInMs, false);
    if (signal.aborted) record.abandon();
    else if (!work.pending.length) settle(record, context, () => this.#drop(work, lost));
    else if (tier) settle(record, context, () => this.#walkOn(work, tier, lost));
    else this.#startIn(Math.max(dueInMs, hasTurn ? 0 : this.#turnMs(work.errand)), record, work, context);
  }

  /** Milliseconds until an errand whose time has come has its turn: 0, but for a hold on an endpoint to which nothing can be sent. */
  #turnMs({ heldSince, of }: Errand): number {
    return heldSince === null || !of ? 0 : this.ports.bulkhead.turnMs(of.callback);
  }

  #startIn(waitMs: number, record: InboundRecord, work: Work, context: Context): void {
    if (waitMs > 0) void this.#wait(record, work, context, waitMs);
    else if ((work.errand.position ?? 0) > this.ports.view.position) void this.#startWhenKnown(record, work, context);
    else this.#start(record, work, context);
  }

  /** Leaves a record of a newer release to a dispatcher of that release. Until there is one, the record goes round. */
  #leave({ key, value, headers }: InboundRecord, lost: AbortSignal): Promise<void> {
    metrics.unattempted.inc({ fact: 'left' });
    newerRecords.publish({ topic: deliveries.name } satisfies NewerRecord);
    return this.ports.producer.send(forNewer.topic, { key, value, headers }, lost);
  }

  /** All of it was done elsewhere. The operation that sent it, if any, is told, and waits no more. */
  async #drop({ event, errand }: Work, lost: AbortSignal): Promise<void> {
    const { number, of, operation, subscriptions } = errand;
    const [subscription] = subscriptions;
    if (operation === undefined || subscriptions.length > 1 || subscription === undefined || !of) return;
    await this.ports.recorder.until(lost).dropped(aboutErrand(event, errand, subscription, of), number, 'another attempt was ahead of it');
  }

  #walkOn({ event, errand, pending }: Work, tier: Tier, lost: AbortSignal): Promise<void> {
    const subscriptions = pending.map((part) => errand.subscriptions[part] ?? '');
    return this.ports.recorder.until(lost).travel(tier.topic, event, deliveryId(errand.event, subscriptions[0] ?? ''), { ...errand, subscriptions, hop: errand.hop + 1 });
  }

  /** The last seconds pass in memory: no tier is as exact as a timer. If the clock was put back meanwhile, it is not due yet. */
  async #wait(record: InboundRecord, work: Work, context: Context, waitMs: number): Promise<void> {
    await pause(waitMs, context.signal);
    this.#goOn(record, work, context, true);
  }

  async #startWhenKnown(record: InboundRecord, work: Work, context: Context): Promise<void> {
    await this.ports.view.waitFor(work.errand.position ?? 0, VIEW_WAIT_MS);
    this.#start(record, work, context);
  }

  #start(record: InboundRecord, work: Work, context: Context): void {
    const { errands, now } = this.ports;
    const { reason, notBefore, heldSince } = work.errand;
    if (reason === 'retry' && heldSince === null) metrics.retryLateness.observe((now() - notBefore) / 1_000);
    settle(record, context, () => errands.start(work, originOf(record, context.lost), context.fence.claim(context)));
  }
}
