import { setTimeout as pause } from 'node:timers/promises';
import { Readable } from 'node:stream';
import { Injectable, StreamableFile, type BeforeApplicationShutdown } from '@nestjs/common';
import { Fault } from '@nuncio/contracts';
import { streams, streamsCut } from '../metrics.js';
import { isAway } from '../query/database-away.js';
import { placeText, type Place } from './place.js';
import type { Written } from './select-written.js';

/** The look at what is new costs a question to PostgreSQL. */
const LOOK_EVERY_MS = 500;
const HEARTBEAT_MS = 15_000;
/** Who does not take what there is for so long is cut off, and may come back with the last id it has. */
const PATIENCE_MS = 10_000;
/** Then the client connects anew, which asks anew whether it may. */
const LIFE_MS = 120_000;
const MAX_STREAMS = 100;
const BUFFER_BYTES = 65_536;
const HEAD = 'retry: 1000\n';

export interface LiveStreamsOptions {
  readonly lookEveryMs?: number;
  readonly heartbeatMs?: number;
  readonly patienceMs?: number;
}

export interface Source<Row> {
  /** `attempt`, `delivery`: the `event:` of each. */
  readonly name: string;
  /** Where to begin. */
  readonly place: Place;
  /** What came after. */
  readonly next: (after: Place) => Promise<Written<Row>>;
  /** As the API shows it. */
  readonly show: (row: Row) => unknown;
}

/**
 * Server-sent events (WHATWG HTML §9.2) out of rows as they are written. Nothing is kept for a reader: the next rows are asked for when it has taken the ones before,
 * so that a slow one costs a socket's buffer and is cut after a while. Every event and heartbeat carries the place, from which any replica can go on.
 */
@Injectable()
export class LiveStreams implements BeforeApplicationShutdown {
  readonly #open = new Set<Readable>();

  constructor(private readonly options: LiveStreamsOptions = {}) {}

  open<Row>(source: Source<Row>): StreamableFile {
    if (this.#open.size >= MAX_STREAMS)
      throw new Fault('unavailable', `There are ${MAX_STREAMS} streams already; try again in a moment.`, { retriable: true, retryAfterSeconds: 5 });
    const stream: Readable = Readable.from(
      this.#events(source, () => stream),
      { objectMode: false, highWaterMark: BUFFER_BYTES },
    );
    this.#open.add(stream);
    streams.inc();
    stream.once('close', () => {
      this.#open.delete(stream);
      streams.dec();
    });
    return new StreamableFile(stream, { type: 'text/event-stream; charset=utf-8' });
  }

  /** They would never end by themselves. */
  beforeApplicationShutdown(): void {
    for (const stream of this.#open) stream.destroy();
  }

  async *#events<Row>({ name, place: start, next, show }: Source<Row>, self: () => Readable): AsyncGenerator<string> {
    const { lookEveryMs = LOOK_EVERY_MS, heartbeatMs = HEARTBEAT_MS, patienceMs = PATIENCE_MS } = this.options;
    const taken = function* (text: string): Generator<string> {
      const cut = setTimeout(() => {
        streamsCut.inc();
        self().destroy();
      }, patienceMs);
      try {
        yield text;
      } finally {
        clearTimeout(cut);
      }
    };
    const endsAt = performance.now() + LIFE_MS;
    let place = start;
    let saidAt = performance.now();
    yield* taken(`${HEAD}${heartbeatOf(place)}`);
    while (performance.now() < endsAt) {
      const { items, place: reached, isFull } = await next(place).catch(noneWhileAway(place));
      place = reached;
      if (items.length) yield* taken(items.map(({ row, place: at }) => eventOf(name, at, show(row))).join(''));
      else if (performance.now() - saidAt >= heartbeatMs) yield* taken(heartbeatOf(place));
      else {
        await pause(lookEveryMs);
        continue;
      }
      saidAt = performance.now();
      if (!isFull) await pause(lookEveryMs);
    }
  }
}

/** A browser does not come back after a 503, so that the stream waits where PostgreSQL is away. */
const noneWhileAway =
  (place: Place) =>
  (error: unknown): Written<never> => {
    if (!isAway(error)) throw error;
    return { items: [], place, isFull: false };
  };

const eventOf = (name: string, place: Place, data: unknown): string => `event: ${name}\nid: ${placeText(place)}\ndata: ${JSON.stringify(data)}\n\n`;

/** An id without data: no event, but the place is remembered. */
const heartbeatOf = (place: Place): string => `: heartbeat\nid: ${placeText(place)}\n\n`;
