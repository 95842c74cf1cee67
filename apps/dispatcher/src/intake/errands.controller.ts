import { setTimeout as pause } from 'node:timers/promises';
import { Controller, Inject } from '@nestjs/common';
import { deliveries, deliveryId, forNewer, readErrand, tiers, type Tier } from '@nuncio/contracts';
import { newerRecords, OnBatch, type NewerRecord, type BatchProducer, type ConfigView, type InboundRecord, type RecordBatch } from '@nuncio/kafka';
import { nextTier } from '@nuncio/retry';
import type { Fence } from '../delivery/fence.js';
import type { Recorder } from '../delivery/recorder.js';
import { metrics } from '../metrics.js';
import type { Duplicates } from './duplicates.js';
import { workOf, type Errands, type Work } from './errands.js';
import { quarantine } from './quarantine.js';
import { withoutRepetitions } from './repetitions.js';
import { settle } from './settle.js';
import { DELAY, WORK } from './transports.js';
import { DELIVERIES_A_TURN, turn } from './turn.js';
import { Dispatcher } from '../dispatcher.js';

/** How long a dispatcher waits for its view to reach the position that an errand names. */
const VIEW_WAIT_MS = 5_000;

export interface ErrandsPorts {
  readonly producer: BatchProducer;
  readonly duplicates: Duplicates;
  readonly errands: Errands;
  readonly recorder: Recorder;
  readonly view: ConfigView;
  readonly work: Fence;
  readonly delay: Fence;
  readonly now: () => number;
}

/** The common data of all records of a batch. */
type Way = Pick<RecordBatch, 'signal' | 'lost'> & { readonly fence: Fence };

/** `deliveries` and the delay tiers: read → drop what is repeated → wait, or walk on to the next tier → deliver. */
@Controller()
export class ErrandsController {
  constructor(@Inject(Dispatcher) private readonly ports: ErrandsPorts) {}

  @OnBatch(deliveries.name, WORK)
  async onDeliveries(batch: RecordBatch): Promise<void> {
    await this.#carryOut(batch, this.ports.work);
  }

  @OnBatch(tiers.map((tier) => tier.topic.name), DELAY)
  async onDelayed(batch: RecordBatch): Promise<void> {
    await this.#carryOut(batch, this.ports.delay);
  }

  async #carryOut({ records, signal, lost }: RecordBatch, fence: Fence): Promise<void> {
    const { producer } = this.ports;
    const way = { fence, signal, lost };
    const readable: { record: InboundRecord; work: Work }[] = [];
    for (const record of records) {
      const read = readErrand(record);
      if (!('reason' in read)) readable.push({ record, work: workOf(record, read.event, read.errand) });
      else if (read.reason === 'newer-errand') settle(record, { producer, signal, lost }, () => this.#leave(record, lost));
      else void quarantine(producer, record, read.reason, read.detail, way);
    }
    const own = await withoutRepetitions(readable, this.ports.duplicates, this.ports.now());
    for (const [n, { record, work }] of own.entries()) {
      if (n % DELIVERIES_A_TURN === 0) await turn('errands', own.length - n);
      this.#goOn(record, work, way);
    }
  }

  /** Starts what is due. What is due later goes on to a tier, or waits here where no tier is as short. */
  #goOn(record: InboundRecord, work: Work, way: Way): void {
    const { producer, now, view } = this.ports;
    const { signal, lost } = way;
    const waitMs = work.errand.notBefore - now();
    const tier = nextTier(waitMs, false);
    if (signal.aborted) record.abandon();
    else if (!work.pending.length) settle(record, { producer, signal, lost }, () => this.#drop(work, lost));
    else if (tier) settle(record, { producer, signal, lost }, () => this.#walkOn(work, tier, lost));
    else if (waitMs > 0) void this.#wait(record, work, way, waitMs);
    else if ((work.errand.position ?? 0) > view.position) void this.#startWhenKnown(record, work, way);
    else this.#start(record, work, way);
  }

  /** Leaves a record of a newer release to a dispatcher of that release. Until there is one, the record goes round. */
  #leave({ key, value, headers }: InboundRecord, lost: AbortSignal): Promise<void> {
    metrics.unattempted.inc({ fact: 'left' });
    newerRecords.publish({ topic: deliveries.name } satisfies NewerRecord);
    return this.ports.producer.send(forNewer.topic, { key, value, headers }, lost);
  }

  /** All of it was done elsewhere. The operation that sent it, if any, is told, and waits no more. */
  async #drop({ event, errand }: Work, lost: AbortSignal): Promise<void> {
    const { number, eventAt, of, operation, hop, subscriptions } = errand;
    const [subscription] = subscriptions;
    if (operation === undefined || subscriptions.length > 1 || subscription === undefined || !of) return;
    const about = { id: deliveryId(event.id, subscription), event, eventAt, subscription, of, operation, hop };
    await this.ports.recorder.until(lost).dropped(about, number, 'another attempt was ahead of it');
  }

  #walkOn({ event, errand, pending }: Work, tier: Tier, lost: AbortSignal): Promise<void> {
    const subscriptions = pending.map((part) => errand.subscriptions[part] ?? '');
    return this.ports.recorder.until(lost).travel(tier.topic, event, deliveryId(errand.event, subscriptions[0] ?? ''), { ...errand, subscriptions, hop: errand.hop + 1 });
  }

  /** The last seconds pass in memory: no tier is as exact as a timer. If the clock was put back meanwhile, it is not due yet. */
  async #wait(record: InboundRecord, work: Work, way: Way, waitMs: number): Promise<void> {
    await pause(waitMs, undefined, { signal: way.signal }).catch(() => undefined);
    this.#goOn(record, work, way);
  }

  async #startWhenKnown(record: InboundRecord, work: Work, way: Way): Promise<void> {
    await this.ports.view.waitFor(work.errand.position ?? 0, VIEW_WAIT_MS);
    this.#start(record, work, way);
  }

  #start(record: InboundRecord, work: Work, { fence, signal, lost }: Way): void {
    const { producer, errands, now } = this.ports;
    const { reason, notBefore } = work.errand;
    if (reason === 'retry') metrics.retryLateness.observe((now() - notBefore) / 1_000);
    const { topic, partition, offset } = record;
    settle(record, { producer, signal, lost }, () => errands.start(work, { topic, partition, offset, lost }, fence.claim({ signal, lost })));
  }
}
