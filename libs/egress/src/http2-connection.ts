import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants, type OutgoingHttpHeaders, type Settings } from 'node:http2';
import type { Socket } from 'node:net';
import { MAX_HEAD_BYTES } from './answer-head.js';
import { LIFE_MS, LONGEST_IDLE_MS } from './connection.js';
import type { Pooled } from './pool.js';
import type { Protocols } from './protocols.js';

/** The most header fields of an answer; above it the stream is reset. */
const MAX_HEADER_FIELDS = 8_192;
/** A connection that has been silent for this long gets a PING with its next request, and is dead if that is not answered. */
const SILENT_MS = 1_000;
const PING_MS = 5_000;
const GOODBYE_MS = 1_000;

const { NGHTTP2_COMPRESSION_ERROR, NGHTTP2_FLOW_CONTROL_ERROR, NGHTTP2_FRAME_SIZE_ERROR, NGHTTP2_HTTP_1_1_REQUIRED, NGHTTP2_PROTOCOL_ERROR } = constants;
/** Codes with which a server ends a connection for a violation of the protocol, whoever caused it. */
const REPROACHES = new Set([NGHTTP2_COMPRESSION_ERROR, NGHTTP2_FLOW_CONTROL_ERROR, NGHTTP2_FRAME_SIZE_ERROR, NGHTTP2_HTTP_1_1_REQUIRED, NGHTTP2_PROTOCOL_ERROR]);

/** A judged socket that speaks HTTP/2, with as many concurrent requests as the server allows. It never reconnects. */
export class Http2Connection implements Pooled {
  readonly shared = true;
  readonly #session: ClientHttp2Session;
  readonly #endOfLife = performance.now() + LIFE_MS;
  readonly #idle: NodeJS.Timeout;
  #streams = 0;
  #mostStreams: number;
  #lastAccepted = Infinity;
  #retired = false;
  #heardAt = performance.now();
  #pinging = false;
  #greeted = false;
  #broken = false;

  /** `origin`: the pool's key for it. `url`: where it leads. `protocols`: learn what its server allows, and whether it violates HTTP/2. */
  constructor(
    readonly origin: string,
    url: string,
    private readonly socket: Socket,
    private readonly protocols: Pick<Protocols, 'mostStreams' | 'learnMostStreams' | 'distrust'>,
  ) {
    this.#mostStreams = protocols.mostStreams(origin);
    this.#session = connect(url, {
      createConnection: () => socket,
      settings: { enablePush: false, maxHeaderListSize: MAX_HEAD_BYTES },
      maxHeaderListPairs: MAX_HEADER_FIELDS,
    });
    this.#session
      .on('remoteSettings', ({ maxConcurrentStreams }: Settings) => {
        this.#greeted = true;
        this.heard();
        if (maxConcurrentStreams === undefined) return;
        this.#mostStreams = maxConcurrentStreams;
        protocols.learnMostStreams(origin, maxConcurrentStreams);
      })
      .on('goaway', (code: number, lastStreamId: number) => {
        this.#lastAccepted = lastStreamId;
        this.#retired = true;
        if (REPROACHES.has(code)) this.distrust();
      })
      // The streams report the failure.
      .on('error', () => undefined)
      .on('close', () => {
        clearTimeout(this.#idle);
        // The server agreed to HTTP/2 and then did not speak it.
        if (!this.#greeted) protocols.distrust(origin);
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

  /** Whether at most the request that is about to be sent uses it. */
  get quiet(): boolean {
    return this.#streams <= 1;
  }

  /** Counts a request before it has a stream, since several may come before the first is sent. */
  enter(): void {
    this.#streams++;
  }

  /** Whether one side has violated HTTP/2. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Makes its origin use HTTP/1.1 for a while. */
  distrust(): void {
    this.#broken = true;
    this.#retired = true;
    this.protocols.distrust(this.origin);
  }

  /** How many bytes have come from the server. */
  get bytesRead(): number {
    return this.socket.bytesRead;
  }

  /** Called when something came from the server. */
  heard(): void {
    this.#heardAt = performance.now();
  }

  /** Whether nothing has come since `time`. */
  silentSince(time: number): boolean {
    return this.#heardAt < time;
  }

  /** Whether the server has said that it will not process this stream (RFC 9113 §6.8). */
  refused(stream: number | undefined): boolean {
    return stream === undefined || stream > this.#lastAccepted;
  }

  /** Opens a stream. Throws if the connection takes no more, or the headers cannot be sent. */
  request(headers: OutgoingHttpHeaders, endStream: boolean): ClientHttp2Stream {
    const stream = this.#session.request(headers, { endStream });
    this.#askForLife();
    return stream;
  }

  /** Called when a request has ended. */
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
    // Requests in progress are finished first.
    if (this.idle) this.#end();
    else if (!this.#session.closed) this.#session.close();
  }

  destroy(): void {
    this.#session.destroy();
    this.socket.destroy();
  }

  /** Ends with a GOAWAY, and soon afterwards closes the socket. */
  #end(): void {
    this.#session.destroy();
    setTimeout(() => {
      this.socket.destroy();
    }, GOODBYE_MS).unref();
  }

  /** Sends a PING. Without it many requests could wait for a dead connection until each times out. */
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
