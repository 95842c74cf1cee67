import { setTimeout as pause } from 'node:timers/promises';
import { Controller, Inject } from '@nestjs/common';
import { deliveries, deliveryId, tiers, type Errand, type NuncioEvent, type Tier } from '@nuncio/contracts';
import { OnBatch, type BatchProducer, type ConfigView, type InboundRecord, type RecordBatch } from '@nuncio/kafka';
import { nextTier } from '@nuncio/retry';
import type { Origin } from '../delivery/pipeline.js';
import type { Recorder } from '../delivery/recorder.js';
import type { Turnstile } from '../delivery/turnstile.js';
import { metrics } from '../metrics.js';
import { placeOf, type Duplicates } from './duplicates.js';
import type { Errands } from './errands.js';
import { quarantine } from './quarantine.js';
import { readErrand } from './read-errand.js';
import { settle } from './settle.js';
import { DELAY, WORK } from './transports.js';
import { Dispatcher } from '../dispatcher.js';

/** How long a dispatcher waits for its view to reach the position that an errand names. */
const VIEW_WAIT_MS = 5_000;

export interface ErrandsPorts {
  readonly producer: BatchProducer;
  /** Of steps that a crash wrote twice. */
  readonly repetitions: Duplicates;
  readonly errands: Errands;
  readonly recorder: Recorder;
  readonly view: ConfigView;
  readonly work: Turnstile;
  readonly delay: Turnstile;
  readonly now: () => number;
}

/** What all deliveries of a batch have in common. */
type Way = Pick<Origin, 'turnstile' | 'signal' | 'lost'>;

/** `deliveries` and the delay tiers: read → drop what a crash wrote twice → wait, or walk on to the next tier → deliver. */
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

  async #carryOut({ records, signal, lost }: RecordBatch, turnstile: Turnstile): Promise<void> {
    const { repetitions, producer, now } = this.ports;
    const recorder = this.ports.recorder.until(lost);
    const context = { producer, signal, lost };
    const readable: { record: InboundRecord; event: NuncioEvent; errand: Errand }[] = [];
    for (const record of records) {
      const read = readErrand(record);
      if ('reason' in read) settle(record, context, () => quarantine(producer, record, read.reason, read.detail, lost));
      else readable.push({ record, ...read });
    }
    const repeated = await repetitions.among(readable.map(({ record, errand }) => ({ key: keyOf(errand), place: placeOf(record) })));
    if (!repeated) metrics.unchecked.inc(readable.length);
    const way = { turnstile, signal, lost };
    for (const [n, { record, event, errand }] of readable.entries()) {
      const tier: Tier | null = nextTier(errand.notBefore - now(), false);
      if (signal.aborted) record.abandon();
      else if (repeated?.[n]) {
        metrics.duplicates.inc({ of: 'errand' });
        record.done();
      } else if (tier) settle(record, context, () => recorder.travel(tier.topic, event, firstDelivery(errand), { ...errand, hop: errand.hop + 1 }));
      else if (errand.notBefore > now() || (errand.position ?? 0) > this.ports.view.position) void this.#whenDue(record, event, errand, way);
      else this.#start(record, event, errand, way);
    }
  }

  /** The last seconds pass in memory: no tier is as exact as a timer. */
  async #whenDue(record: InboundRecord, event: NuncioEvent, errand: Errand, way: Way): Promise<void> {
    const { now, view } = this.ports;
    try {
      for (let wait = errand.notBefore - now(); wait > 0; wait = errand.notBefore - now()) await pause(wait, undefined, { signal: way.signal });
      if (errand.position !== null) await view.waitFor(errand.position, VIEW_WAIT_MS);
    } catch {
      record.abandon();
      return;
    }
    this.#start(record, event, errand, way);
  }

  #start(record: InboundRecord, event: NuncioEvent, errand: Errand, way: Way): void {
    if (errand.reason === 'retry') metrics.retryLateness.observe((this.ports.now() - errand.notBefore) / 1_000);
    const { topic, partition, offset } = record;
    const { producer, errands } = this.ports;
    settle(record, { producer, ...way }, () => errands.start(event, errand, { topic, partition, offset, ...way }));
  }
}

const firstDelivery = ({ event, subscriptions: [subscription = ''] }: Errand): string => deliveryId(event, subscription);

/** The same step of the same delivery, whichever record carries it. */
const keyOf = (errand: Errand): string => `${firstDelivery(errand)}:${errand.number}:${errand.hop}:${errand.reason}`;
