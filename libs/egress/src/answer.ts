import type { FailureClass } from './outbound-error.js';

/**
 * When each phase was over, in milliseconds from the start of the call (as curl's `time_*`); null = it did not happen: a reused connection has no dns,
 * connect and tls, a literal address no dns, plain http no tls.
 */
export interface Timings {
  dns: number | null;
  connect: number | null;
  tls: number | null;
  firstByte: number | null;
  total: number;
}

/** The circumstances of a call. */
export interface Carriage {
  /** The protocol of the request; null = there was no connection, and not a byte was sent. */
  readonly httpVersion: HttpVersion | null;
  /** Milliseconds that it waited for its turn to make a connection, on which the clock of its phases stood still. */
  readonly turnMs: number;
  /** When the server's certificate ends, epoch milliseconds, of the connection that was made for it; absent where one was reused. */
  readonly certificateEndsAt?: number;
}
export type HttpVersion = '1.1' | '2.0';

/** The result of a call. Any HTTP status is `ok`, also a redirect: the caller judges it. `detail` is a sentence that names no address. */
export type Answer =
  | {
      readonly ok: true;
      readonly status: number;
      /** Names in lower case; repeated = an array. */
      readonly headers: Record<string, string | string[]>;
      readonly body: Buffer;
      /** The body was longer than `maxResponseBytes`, and `body` is its beginning. */
      readonly truncated: boolean;
      readonly timings: Timings;
      readonly carriage?: Carriage;
    }
  | { readonly ok: false; readonly error: { readonly class: FailureClass; readonly detail: string }; readonly timings: Timings; readonly carriage?: Carriage };
