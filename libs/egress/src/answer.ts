import type { FailureClass } from './outbound-error.js';

/**
 * When each phase ended, in milliseconds from the start of the call (like curl's `time_*`); null = it did not happen. A reused connection has no dns,
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
  /** The protocol of the request; null = there was no connection, so nothing was sent. */
  readonly httpVersion: HttpVersion | null;
  /** Milliseconds waited for the turn to connect. The phases do not include them. */
  readonly turnMs: number;
  /** When the server's certificate ends, epoch milliseconds; absent if a connection was reused. */
  readonly certificateEndsAt?: number;
}
export type HttpVersion = '1.1' | '2.0';

/** The result of a call. Every HTTP status is `ok`, also a redirect; the caller judges it. `detail` is a sentence without addresses. */
export type Answer =
  | {
      readonly ok: true;
      readonly status: number;
      /** Names in lower case. A repeated header is an array. */
      readonly headers: Record<string, string | string[]>;
      readonly body: Buffer;
      /** The body was longer than `maxResponseBytes`; `body` is its beginning. */
      readonly truncated: boolean;
      readonly timings: Timings;
      readonly carriage?: Carriage;
    }
  | { readonly ok: false; readonly error: { readonly class: FailureClass; readonly detail: string }; readonly timings: Timings; readonly carriage?: Carriage };
