import { setTimeout as pause } from 'node:timers/promises';
import { Readable } from 'node:stream';
import { Injectable, StreamableFile, type BeforeApplicationShutdown } from '@nestjs/common';
import { callerOf, Fault, isFault, type Principal } from '@nuncio/contracts';
import type { IsStill } from '@nuncio/service';
import { streams, streamsCut } from '../metrics.js';
import { placeText, type Place } from './place.js';
import type { Written } from './select-written.js';

/** The look at what is new costs a question to PostgreSQL. */
const LOOK_EVERY_MS = 500;
const HEARTBEAT_MS = 15_000;
/** Who does not take what there is for so long is cut off, and may come back with the last id it has. */
const PATIENCE_MS = 10_000;
/** Then the client connects anew, which asks anew whether it may. */
const LIFE_MS = 120_000;
/** But for the first one of each tenant, which there is always room for. */
const MAX_STREAMS = 100;
/** Of one caller, and of all keys of one tenant, so that none keeps the others out. */
const MAX_EACH = 10;
const MAX_OF_TENANT = 30;
const BUFFER_BYTES = 65_536;
const HEAD = 'retry: 1000\n';

export interface LiveStreamsOptions {
  readonly lookEveryMs?: number;
  readonly heartbeatMs?: number;
  readonly patienceMs?: number;
}

/** Who reads. */
export interface Reader {
  readonly caller: Pick<Principal, 'id' | 'tenant' | 'madeBy'>;
  /** Asked at each look, so that whose key is revoked reads no further. */
  readonly isStill: IsStill;
}

export interface Source<Row> {
  readonly reader: Reader;
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

  /** They would never end by themselves. */
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

/** A browser does not come back after a 503, so that the stream waits where PostgreSQL is away. */
const noneWhileAway =
  (place: Place) =>
  (error: unknown): Written<never> => {
    if (!isFault(error, 'unavailable')) throw error;
    return { items: [], place, isFull: false };
  };

const eventOf = (name: string, place: Place, data: unknown): string => `event: ${name}\nid: ${placeText(place)}\ndata: ${JSON.stringify(data)}\n\n`;

/** An id without data: no event, but the place is remembered. */
const heartbeatOf = (place: Place): string => `: heartbeat\nid: ${placeText(place)}\n\n`;
