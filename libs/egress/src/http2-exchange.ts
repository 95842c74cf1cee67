import { type ClientHttp2Stream, constants, type OutgoingHttpHeaders } from 'node:http2';
import type { Call } from './call.js';
import type { Exchanged } from './exchange.js';
import type { Http2Connection } from './http2-connection.js';
import { OutboundError, streamFailure, tlsAlert } from './outbound-error.js';
import type { OutboundRequest } from './outbound-request.js';
import type { Target } from './target.js';

/** Headers beyond Node's limits take more bytes than this, since HPACK's table has 4,096 bytes (RFC 7541), and Huffman coding saves three of eight bits. */
const LEAST_TOO_LARGE_BYTES = 2_048;

const { NGHTTP2_CANCEL, NGHTTP2_HTTP_1_1_REQUIRED, NGHTTP2_NO_ERROR, NGHTTP2_PROTOCOL_ERROR, NGHTTP2_REFUSED_STREAM } = constants;

/**
 * One request and its answer on one stream. `unsent`: the server said that it has not processed it, by GOAWAY or REFUSED_STREAM (RFC 9113 §8.7), so
 * another connection may be tried. Any other early end of the stream is an error. `over`: called when the stream has left the connection. Rejects
 * with an OutboundError.
 */
export async function exchangeOverHttp2(connection: Http2Connection, target: Target, request: OutboundRequest, call: Call, over: () => void): Promise<Exchanged> {
  // So that a server that has closed an idle connection is noticed before the request is written.
  if (connection.quiet) await new Promise(setImmediate);
  return new Promise((fulfil, reject) => {
    let stream: ClientHttp2Stream;
    try {
      stream = connection.request(headersOf(target, request), request.body === null);
    } catch (error) {
      over();
      if (!connection.usable) fulfil('unsent');
      else reject(new OutboundError('internal', `the request cannot be sent: ${error instanceof Error ? error.message : 'unknown'}`, error));
      return;
    }
    const exchange = new StreamExchange(connection, stream, request, call, over, { fulfil, reject });
    call.during((error) => {
      exchange.interrupt(error);
    });
    if (request.body !== null) stream.end(request.body);
  });
}

/** Headers of one hop or of HTTP/1.1 (RFC 9113 §8.2.2). `host` becomes `:authority`. */
const FORBIDDEN = new Set(['connection', 'proxy-connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te', 'host', 'content-length']);

function headersOf({ origin, path }: Target, { method, headers, body }: OutboundRequest): OutgoingHttpHeaders {
  const sent: OutgoingHttpHeaders = { ':method': method, ':scheme': 'https', ':authority': origin.slice('https://'.length), ':path': path };
  for (const name in headers) {
    const lower = name.toLowerCase();
    if (!FORBIDDEN.has(lower)) sent[lower] = (headers[name] ?? '').trim();
  }
  sent['content-length'] = body?.length ?? 0;
  return sent;
}

class StreamExchange {
  readonly #sentAt = performance.now();
  readonly #readBefore: number;
  #settled = false;
  #alert: OutboundError | null = null;
  #status = 0;
  #headers: Record<string, string | string[]> = {};
  readonly #chunks: Buffer[] = [];
  #length = 0;

  constructor(
    private readonly connection: Http2Connection,
    private readonly stream: ClientHttp2Stream,
    private readonly request: OutboundRequest,
    private readonly call: Call,
    over: () => void,
    private readonly settle: { fulfil(result: Exchanged): void; reject(error: OutboundError): void },
  ) {
    this.#readBefore = connection.bytesRead;
    stream
      .on('headers', () => {
        this.#began();
      })
      .on('response', (headers, _flags, raw: string[]) => {
        this.#began();
        this.#status = headers[':status'] ?? 0;
        this.#headers = joined(raw);
      })
      .on('data', (chunk: Buffer) => {
        this.#take(chunk);
      })
      .on('end', () => {
        if (stream.rstCode === NGHTTP2_NO_ERROR && this.#isWhole) this.#answer(false);
      })
      // The event `close` gives the result. Only bytes that are not HTTP/2, and TLS alerts, are reported here.
      .on('error', (error: Error & { code?: string }) => {
        this.#alert = tlsAlert(error);
        if (error.code === 'ERR_HTTP2_ERROR') connection.distrust();
      })
      .on('close', () => {
        over();
        if (!this.#settled) this.#closed();
      });
  }

  /** The call has ended, and with it this stream. If the server has said nothing since the request, the connection takes no more. */
  interrupt(error: OutboundError): void {
    if (error.errorClass === 'timeout' && this.connection.silentSince(this.#sentAt)) this.connection.retire();
    this.#fail(error);
  }

  #fail(error: OutboundError): void {
    this.#settled = true;
    this.stream.close(NGHTTP2_CANCEL);
    this.settle.reject(error);
  }

  #began(): void {
    this.connection.heard();
    if (this.call.timings.firstByte === null) this.call.mark('firstByte');
  }

  #take(chunk: Buffer): void {
    this.connection.heard();
    if (this.#settled) return;
    this.#length += chunk.length;
    const over = this.#length - this.request.maxResponseBytes;
    if (over <= 0) this.#chunks.push(chunk);
    else if (this.request.onOversize === 'fail') this.#fail(new OutboundError('too_large', `the answer is longer than ${this.request.maxResponseBytes} bytes`));
    else {
      this.#chunks.push(chunk.subarray(0, chunk.length - over));
      this.#answer(true);
      this.stream.close(NGHTTP2_CANCEL);
    }
  }

  get #isWhole(): boolean {
    const length = this.#headers['content-length'];
    return this.#status !== 0 && (typeof length !== 'string' || this.#length === 0 || Number(length) === this.#length);
  }

  #answer(truncated: boolean): void {
    this.#settled = true;
    if (this.stream.writableLength > 0) this.#stopSending();
    this.call.mark('total');
    this.settle.fulfil({ ok: true, status: this.#status, headers: this.#headers, body: Buffer.concat(this.#chunks), truncated, timings: this.call.timings, carriage: this.call.carriage });
  }

  /**
   * The server has answered before it has read the request (RFC 9113 §8.1). It may count what was sent against the connection's flow-control window for
   * ever, or reset later requests for it, as HAProxy does. So the connection takes no others.
   */
  #stopSending(): void {
    this.connection.retire();
    this.stream.close(NGHTTP2_CANCEL);
    this.stream.destroy();
  }

  #closed(): void {
    const { rstCode, id } = this.stream;
    const unanswered = this.#status === 0;
    if (rstCode === NGHTTP2_NO_ERROR && this.#isWhole) this.#answer(false);
    else if (unanswered && (rstCode === NGHTTP2_REFUSED_STREAM || this.connection.refused(id))) this.#give('unsent');
    else if (unanswered && rstCode === NGHTTP2_HTTP_1_1_REQUIRED) {
      this.connection.distrust();
      this.#give('unsent');
    } else {
      // A body shorter than its length is also a protocol error, but no worse than a connection that closed early.
      if (rstCode === NGHTTP2_PROTOCOL_ERROR && (unanswered || this.#isWhole)) this.connection.distrust();
      this.#settled = true;
      const tooLarge = unanswered && this.connection.bytesRead - this.#readBefore > LEAST_TOO_LARGE_BYTES;
      this.settle.reject(this.#alert ?? streamFailure(rstCode, { broken: this.connection.broken, tooLarge }));
    }
  }

  #give(result: 'unsent'): void {
    this.#settled = true;
    this.settle.fulfil(result);
  }
}

/** Headers by name, repeated ones as an array, as with HTTP/1.1; without the pseudo-header. */
function joined(raw: readonly string[]): Record<string, string | string[]> {
  const headers = new Map<string, string | string[]>();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [name = '', value = ''] = [raw[i], raw[i + 1]];
    if (name.startsWith(':')) continue;
    const before = headers.get(name);
    if (before === undefined) headers.set(name, value);
    else if (typeof before === 'string') headers.set(name, [before, value]);
    else before.push(value);
  }
  return Object.fromEntries(headers);
}
