import { setTimeout as pause } from 'node:timers/promises';
import { Readable } from 'node:stream';
import { Injectable, StreamableFile, type BeforeApplicationShutdown } from '@nestjs/common';
import { callerOf, Fault, isFault, type Principal } from '@nuncio/contracts';
import type { IsStill } from '@nuncio/service';
import { streams, streamsCut } from '../metrics.js';
import { placeText, type Place } from './place.js';
import type { Written } from './select-written.js';

/** Each look for new rows costs a statement. */
const LOOK_EVERY_MS = 500;
const HEARTBEAT_MS = 15_000;
/** A client that does not read for this long is cut off. It may reconnect with the last id it has. */
const PATIENCE_MS = 10_000;
/** After this time the client must reconnect, so that its permission is checked anew. */
const LIFE_MS = 120_000;
/** Apart from the first stream of each tenant, which is always allowed. */
const MAX_STREAMS = 100;
/** Limits for one caller, and for all keys of one tenant, so that none can use up all streams. */
const MAX_EACH = 10;
const MAX_OF_TENANT = 30;
const BUFFER_BYTES = 65_536;
const HEAD = 'retry: 1000\n';

interface LiveStreamsOptions {
  readonly lookEveryMs?: number;
  readonly heartbeatMs?: number;
  readonly patienceMs?: number;
}

interface Reader {
  readonly caller: Pick<Principal, 'id' | 'tenant' | 'madeBy'>;
  /** Whether the key is still valid; asked at each look, so that a revoked key stops the stream. */
  readonly isStill: IsStill;
}

export interface Source<Row> {
  readonly reader: Reader;
  /** `attempt`, `delivery` or `event`: the `event:` of each message. */
  readonly name: string;
  /** The place to begin at. */
  readonly place: Place;
  /** The rows written after a place. */
  readonly next: (after: Place) => Promise<Written<Row>>;
  /** A row as the API shows it. */
  readonly show: (row: Row) => unknown;
}

/**
 * Sends rows as server-sent events (WHATWG HTML §9.2) while they are written. It buffers nothing: the next rows are queried once the client has taken
 * the ones before. A slow client costs one socket buffer, and is cut off after a while. Every event and heartbeat carries its place, from which any
 * replica can go on.
 */
@Injectable()
export class LiveStreams implements BeforeApplicationShutdown {
  readonly #open = new Map<Readable, Reader['caller']>();

  constructor(private readonly options: LiveStreamsOptions = {}) {}

  open<Row>(source: Source<Row>): StreamableFile {
    const { caller } = source.reader;
    this.#admit(caller);
    const stream: Readable = Readable.from(
      this.#events(source, () => stream),
      { objectMode: false, highWaterMark: BUFFER_BYTES },
    );
    this.#open.set(stream, caller);
    streams.inc();
    stream.once('close', () => {
      this.#open.delete(stream);
      streams.dec();
    });
    return new StreamableFile(stream, { type: 'text/event-stream; charset=utf-8' });
  }

  #admit(caller: Reader['caller']): void {
    const later = { retriable: true, retryAfterSeconds: 5 };
    const others = [...this.#open.values()];
    const isFirst = !others.some(({ tenant }) => tenant === caller.tenant);
    if (!isFirst && others.length >= MAX_STREAMS) throw new Fault('unavailable', `There are ${MAX_STREAMS} streams already; try again in a moment.`, later);
    if (others.filter((other) => callerOf(other) === callerOf(caller)).length >= MAX_EACH) throw new Fault('too-many-requests', `This caller has ${MAX_EACH} streams already.`, later);
    if (caller.tenant !== null && others.filter((other) => other.tenant === caller.tenant).length >= MAX_OF_TENANT)
      throw new Fault('too-many-requests', `This tenant has ${MAX_OF_TENANT} streams already.`, later);
  }

  /** Streams do not end by themselves. */
  beforeApplicationShutdown(): void {
    for (const stream of this.#open.keys()) stream.destroy();
  }

  async *#events<Row>({ reader, name, place: start, next, show }: Source<Row>, self: () => Readable): AsyncGenerator<string> {
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
    while (performance.now() < endsAt && (await reader.isStill())) {
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

/** No rows while PostgreSQL is away: a browser does not reconnect after a 503. */
const noneWhileAway =
  (place: Place) =>
  (error: unknown): Written<never> => {
    if (!isFault(error, 'unavailable')) throw error;
    return { items: [], place, isFull: false };
  };

const eventOf = (name: string, place: Place, data: unknown): string => `event: ${name}\nid: ${placeText(place)}\ndata: ${JSON.stringify(data)}\n\n`;

/** An id without data: the client gets no event, but remembers the place. */
const heartbeatOf = (place: Place): string => `: heartbeat\nid: ${placeText(place)}\n\n`;
