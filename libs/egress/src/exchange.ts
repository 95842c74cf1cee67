import type { Dispatcher } from 'undici';
import type { Answer } from './answer.js';
import type { Call } from './call.js';
import type { Connection } from './connection.js';
import { exchangeFailure, isOfTrailers, OutboundError } from './outbound-error.js';
import type { OutboundRequest } from './outbound-request.js';
import type { Pool } from './pool.js';

/**
 * How much of a cut body's rest is read and dropped, and for how long, since that is cheaper than a new connection. After that the connection is
 * closed.
 */
const DRAIN_BYTES = 65_536;
const DRAIN_MS = 250;

/** `unsent`: the idle connection had gone and no byte was sent, so another connection may be tried. */
export type Exchanged = Answer | 'unsent';

interface Settle {
  fulfil(result: Exchanged): void;
  reject(error: OutboundError): void;
}

/**
 * One request and its answer on one connection, which then returns to the pool or is closed. Once a byte may have been sent, the request is never
 * repeated here: a server that closes at that moment may have processed it (RFC 9110 §9.2.2), and repeating is up to the retry policy. Rejects with
 * an OutboundError.
 */
export function exchange(pool: Pick<Pool<Connection>, 'release'>, connection: Connection, path: string, request: OutboundRequest, call: Call): Promise<Exchanged> {
  return new Promise((fulfil, reject) => {
    const handler = new ExchangeHandler(pool, connection, request, call, { fulfil, reject });
    call.during((error) => {
      handler.fail(error);
    });
    connection.dispatch({ path, method: request.method, headers: request.headers, body: request.body }, handler);
  });
}

class ExchangeHandler implements Dispatcher.DispatchHandler {
  #sent = false;
  #settled = false;
  #status = 0;
  #headers: Record<string, string | string[]> = {};
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #drain: NodeJS.Timeout | undefined;

  constructor(
    private readonly pool: Pick<Pool<Connection>, 'release'>,
    private readonly connection: Connection,
    private readonly request: OutboundRequest,
    private readonly call: Call,
    private readonly settle: Settle,
  ) {}

  fail(error: OutboundError): void {
    this.#settled = true;
    this.connection.destroy();
    this.settle.reject(error);
  }

  onRequestStart(): void {
    this.#sent = true;
  }

  onResponseStarted(): void {
    if (this.call.timings.firstByte === null) this.call.mark('firstByte');
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Record<string, string | string[]>): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#length += chunk.length;
    const over = this.#length - this.request.maxResponseBytes;
    if (over <= 0) this.#chunks.push(chunk);
    else if (this.#settled) this.#drainUpTo(over);
    else if (this.request.onOversize === 'fail') this.fail(new OutboundError('too_large', `the answer is longer than ${this.request.maxResponseBytes} bytes`));
    else {
      this.#chunks.push(chunk.subarray(0, chunk.length - over));
      this.#answer(true);
      this.#drain = setTimeout(() => {
        this.connection.destroy();
      }, DRAIN_MS);
      this.#drainUpTo(over);
    }
  }

  /**
   * Continues after sockets have been read once more, so that a server that closes right after its answer is noticed before the next request is
   * written.
   */
  onResponseEnd(): void {
    clearTimeout(this.#drain);
    setImmediate(finish, this);
  }

  finish(): void {
    this.pool.release(this.connection);
    if (!this.#settled) this.#answer(false);
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    clearTimeout(this.#drain);
    if (this.#settled) return;
    if (this.#status !== 0 && isOfTrailers(error)) {
      this.connection.destroy();
      this.#answer(false);
      return;
    }
    const failure = exchangeFailure(error, this.connection.ended);
    if (this.#sent || failure.errorClass === 'internal') this.fail(failure);
    else this.settle.fulfil('unsent');
  }

  #answer(truncated: boolean): void {
    this.#settled = true;
    const body = Buffer.concat(this.#chunks);
    this.call.mark('total');
    this.settle.fulfil({ ok: true, status: this.#status, headers: this.#headers, body, truncated, timings: this.call.timings, carriage: this.call.carriage });
  }

  #drainUpTo(bytes: number): void {
    if (bytes > DRAIN_BYTES) this.connection.destroy();
  }
}

const finish = (handler: ExchangeHandler): void => {
  handler.finish();
};
