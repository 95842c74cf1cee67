import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants, type OutgoingHttpHeaders, type Settings } from 'node:http2';
import type { Socket } from 'node:net';
import { MAX_HEAD_BYTES } from './answer-head.js';
import { LIFE_MS, LONGEST_IDLE_MS } from './connection.js';
import type { Pooled } from './pool.js';

/** How many requests a server takes at a time before it has said so (RFC 9113 §6.5.2 recommends to allow no fewer). */
const STREAMS_AT_FIRST = 100;
/** The limit of an answer; beyond it the stream is reset. */
const MAX_HEADER_FIELDS = 8_192;
/** A connection that has been silent for so long is asked for a sign of life with the next request, and is dead without one. */
const SILENT_MS = 1_000;
const PING_MS = 5_000;
const GOODBYE_MS = 1_000;

const { NGHTTP2_COMPRESSION_ERROR, NGHTTP2_FLOW_CONTROL_ERROR, NGHTTP2_FRAME_SIZE_ERROR, NGHTTP2_HTTP_1_1_REQUIRED, NGHTTP2_PROTOCOL_ERROR } = constants;
/** With which a server ends a connection that it finds the protocol broken on, whoever broke it. */
const REPROACHES = new Set([NGHTTP2_COMPRESSION_ERROR, NGHTTP2_FLOW_CONTROL_ERROR, NGHTTP2_FRAME_SIZE_ERROR, NGHTTP2_HTTP_1_1_REQUIRED, NGHTTP2_PROTOCOL_ERROR]);

/** One vetted socket that speaks HTTP/2: as many requests at a time as the server takes. It never reconnects. */
export class Http2Connection implements Pooled {
  readonly shared = true;
  readonly #session: ClientHttp2Session;
  readonly #endOfLife = performance.now() + LIFE_MS;
  readonly #idle: NodeJS.Timeout;
  #streams = 0;
  #mostStreams = STREAMS_AT_FIRST;
  #lastAccepted = Infinity;
  #retired = false;
  #heardAt = performance.now();
  #pinging = false;
  #greeted = false;
  #broken = false;

  /** `origin`: the pool's name for where it leads and as whom, `url` where. `onBroken`: its server breaks the rules of HTTP/2. */
  constructor(
    readonly origin: string,
    url: string,
    private readonly socket: Socket,
    private readonly onBroken: () => void,
  ) {
    this.#session = connect(url, {
      createConnection: () => socket,
      settings: { enablePush: false, maxHeaderListSize: MAX_HEAD_BYTES },
      maxHeaderListPairs: MAX_HEADER_FIELDS,
    });
    this.#session
      .on('remoteSettings', ({ maxConcurrentStreams }: Settings) => {
        this.#greeted = true;
        this.heard();
        if (maxConcurrentStreams !== undefined) this.#mostStreams = maxConcurrentStreams;
      })
      .on('goaway', (code: number, lastStreamId: number) => {
        this.#lastAccepted = lastStreamId;
        this.#retired = true;
        if (REPROACHES.has(code)) this.distrust();
      })
      // Its streams say what it came to.
      .on('error', () => undefined)
      .on('close', () => {
        clearTimeout(this.#idle);
        // It agreed to HTTP/2 and then did not speak it.
        if (!this.#greeted) this.onBroken();
      });
    this.#idle = setTimeout(() => {
      if (this.#streams === 0) this.retire();
    }, LONGEST_IDLE_MS).unref();
  }

  get usable(): boolean {
    return !this.#retired && !this.#session.closed && !this.#session.destroyed && performance.now() < this.#endOfLife;
  }

  get room(): number {
    return this.#mostStreams - this.#streams;
  }

  get idle(): boolean {
    return this.#streams === 0;
  }

  /** One of us does not keep to HTTP/2. */
  get broken(): boolean {
    return this.#broken;
  }

  /** From here on in HTTP/1.1, for a while. */
  distrust(): void {
    this.#broken = true;
    this.#retired = true;
    this.onBroken();
  }

  /** Something came from the server. */
  heard(): void {
    this.#heardAt = performance.now();
  }

  /** Whether nothing has come since `time`. */
  silentSince(time: number): boolean {
    return this.#heardAt < time;
  }

  /** Whether the server has said that it won't process this stream (RFC 9113 §6.8). */
  refused(stream: number | undefined): boolean {
    return stream === undefined || stream > this.#lastAccepted;
  }

  /** Opens a stream. Throws where the connection takes none any more, or the headers cannot be sent. */
  request(headers: OutgoingHttpHeaders, endStream: boolean): ClientHttp2Stream {
    const stream = this.#session.request(headers, { endStream });
    this.#streams++;
    this.#askForLife();
    return stream;
  }

  /** A stream is over. */
  left(): void {
    this.#streams--;
    if (this.#streams > 0) return;
    if (this.usable) this.#idle.refresh();
    else this.#end();
  }

  onClosed(listener: () => void): void {
    this.#session.once('close', listener);
  }

  retire(): void {
    this.#retired = true;
    // Requests under way are finished first.
    if (this.idle) this.#end();
    else if (!this.#session.closed) this.#session.close();
  }

  destroy(): void {
    this.#session.destroy();
    this.socket.destroy();
  }

  /** Ends with a GOAWAY, and does not wait long for the server to close its side. */
  #end(): void {
    this.#session.destroy();
    setTimeout(() => {
      this.socket.destroy();
    }, GOODBYE_MS).unref();
  }

  /** Many requests would wait for a dead connection until each of them is out of time. */
  #askForLife(): void {
    if (this.#pinging || performance.now() - this.#heardAt < SILENT_MS) return;
    const askedAt = performance.now();
    const timer = setTimeout(() => {
      if (this.silentSince(askedAt)) this.destroy();
      else this.#pinging = false;
    }, PING_MS);
    this.#pinging = this.#session.ping(() => {
      clearTimeout(timer);
      this.#pinging = false;
      this.heard();
    });
    if (!this.#pinging) clearTimeout(timer);
  }
}
