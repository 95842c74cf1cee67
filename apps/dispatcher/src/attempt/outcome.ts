import type { Attempted, ErrorClass, RefusedRequest, TokenError } from '@nuncio/contracts';
import type { Answer } from '@nuncio/egress';

/** The result of an attempt: a value, never an exception. */
export type Outcome =
  | { readonly kind: 'delivered' }
  /** A failure of the endpoint. `retriable`: the callback's policy retries it. */
  | {
      readonly kind: 'failed';
      readonly errorClass: ErrorClass;
      readonly status: number | null;
      readonly detail: string | null;
      readonly retriable: boolean;
      readonly retryAfterMs: number | null;
    }
  /** A failure of the authorization server: nothing was sent. */
  | { readonly kind: 'no-token'; readonly tokenError: TokenError }
  /** An internal failure: nothing was sent, and no policy applies. */
  | { readonly kind: 'unavailable'; readonly detail: string };

/** The record of one attempt. Times are in epoch milliseconds. */
export interface Attempt {
  readonly startedAt: number;
  readonly endedAt: number;
  /** How long the attempt waited for a token; 0 = it was in memory. */
  readonly tokenMs: number;
  /** HTTP requests made: 2 after a refused token. */
  readonly requests: number;
  /** The last request, redacted; null = none was made. */
  readonly request: (Attempted['request'] & { readonly headers: Record<string, string> }) | null;
  /** The answer, redacted if it echoed a secret. */
  readonly answer: Answer | null;
  readonly outcome: Outcome;
  /** The first request of two, whose token was refused. */
  readonly refused?: RefusedRequest;
}
