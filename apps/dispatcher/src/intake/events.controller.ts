import { Controller, Inject } from '@nestjs/common';
import { events, isUnreadable, readEvent, type NuncioEvent } from '@nuncio/contracts';
import { OnBatch, type BatchProducer, type InboundRecord, type RecordBatch } from '@nuncio/kafka';
import type { Spans } from '@nuncio/tracing';
import type { Fence } from '../delivery/fence.js';
import { originOf } from '../delivery/origin.js';
import type { Recorder } from '../delivery/recorder.js';
import { beginIntake } from '../delivery/delivery-spans.js';
import { metrics } from '../metrics.js';
import type { RoutingTable, Unmatched } from '../routing/routing-table.js';
import { firstPlaceOf, type Duplicates } from './duplicates.js';
import { workOf, type Errands } from './errands.js';
import { quarantine } from './quarantine.js';
import { withoutRepetitions } from './repetitions.js';
import { firstErrand } from './resolve.js';
import { settle, type SettleContext } from './settle.js';
import { WORK } from './transports.js';
import { turn } from './turn.js';
import { Dispatcher } from '../dispatcher.js';

/** An event that matches more subscriptions than this goes on through `deliveries`, so that it does not block its partition. */
const FAN_OUT_HERE = 8;
const SUBSCRIPTIONS_PER_RECORD = 100;

export interface EventsPorts {
  readonly producer: BatchProducer;
  readonly duplicates: Duplicates;
  /** How long a second copy is dropped; 0 = it never is. */
  readonly duplicateWindowSeconds: number;
  readonly routing: RoutingTable;
  readonly errands: Errands;
  readonly recorder: Recorder;
  readonly workFence: Fence;
  /** Absent where nothing is traced. */
  readonly spans?: Spans | undefined;
}

/** `events`: read → drop second copies → match → deliver. */
@Controller()
export class EventsController {
  constructor(@Inject(Dispatcher) private readonly ports: EventsPorts) {}

  @OnBatch(events.name, WORK)
  async onEvents({ records, signal, lost }: RecordBatch): Promise<void> {
    const { duplicates, duplicateWindowSeconds: seconds, producer } = this.ports;
    // Not the batch: with it, one slow delivery would keep all of its records in memory.
    const context = { producer, signal, lost };
    await turn('events', records.length);
    const readable: { record: InboundRecord; event: NuncioEvent }[] = [];
    for (const record of records) {
      const event = readEvent(record.headers, record.value);
      if (isUnreadable(event)) void quarantine(producer, record, event.reason, event.detail, context);
      else readable.push({ record, event });
    }
    const sightings = readable.map(({ record, event }) => ({ key: event.id, hop: null, place: firstPlaceOf(record), seconds }));
    const hops = seconds === 0 ? [] : await duplicates.among(sightings);
    if (!hops) metrics.unchecked.inc(readable.length);
    for (const [n, { record, event }] of readable.entries()) {
      const hop = hops?.[n];
      if (signal.aborted) record.abandon();
      else if (hop === null) {
        metrics.duplicates.inc({ of: 'event' });
        record.done();
      } else settle(record, context, () => this.#fanOut(event, record, context, hop));
    }
  }

  /** `hop`: 1 = a former owner has read the record, too. It may have written a hold of a delivery, whose hop is 1. */
  async #fanOut(read: NuncioEvent, record: InboundRecord, context: SettleContext, hop = 0): Promise<unknown> {
    const { producer, lost } = context;
    const { routing, errands, workFence, duplicates, spans } = this.ports;
    // The span lasts until the receivers are known. All later spans are its children.
    const span = spans && beginIntake(spans, read, record);
    const event = span ? { ...read, traceparent: span.traceparent } : read;
    const recorder = this.ports.recorder.until(lost);
    const routes = routing.match(event);
    span?.end(Date.now(), { attributes: { 'nuncio.deliveries': Array.isArray(routes) ? routes.length : 0 } });
    const unmatched = (reason: Unmatched | 'schema'): Promise<void> => {
      metrics.unmatched.inc({ reason });
      return recorder.unmatched(event, record.timestamp, reason);
    };
    if (typeof routes === 'string') return unmatched(routes);
    if ('misfit' in routes) return Promise.all([quarantine(producer, record, 'schema', routes.misfit, context), unmatched('schema')]);
    if (routing.namesStranger(event)) await unmatched('unknown-tenant');
    const subscriptions = routes.map(({ id }) => id);
    if (subscriptions.length > FAN_OUT_HERE) return Promise.all(chunks(subscriptions).map((ids) => recorder.fanOut(event, firstErrand(event, record.timestamp, ids))));
    const first = { record, work: workOf(record, event, { ...firstErrand(event, record.timestamp, subscriptions), hop }, routes) };
    const [own] = hop === 0 ? [first] : await withoutRepetitions([first], duplicates, record.timestamp);
    return own?.work.pending.length ? errands.start(own.work, originOf(record, lost), workFence.claim(context)) : true;
  }
}

function chunks(ids: readonly string[]): string[][] {
  const parts: string[][] = [];
  for (let from = 0; from < ids.length; from += SUBSCRIPTIONS_PER_RECORD) parts.push(ids.slice(from, from + SUBSCRIPTIONS_PER_RECORD));
  return parts;
}
