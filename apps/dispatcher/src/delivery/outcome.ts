import type { Attempted, ErrorClass, RefusedRequest, TokenError } from '@nuncio/contracts';
import type { Answer } from '@nuncio/egress';

/** The result of an attempt: a value, never an exception. */
export type Outcome =
  | { readonly kind: 'delivered' }
  /** The endpoint's doing. `retriable`: the callback's policy tries this failure again. */
  | {
      readonly kind: 'failed';
      readonly errorClass: ErrorClass;
      readonly status: number | null;
      readonly detail: string | null;
      readonly retriable: boolean;
      readonly retryAfterMs: number | null;
    }
  /** The authorization server's doing: nothing was sent. */
  | { readonly kind: 'no-token'; readonly tokenError: TokenError }
  /** Our own doing: nothing was sent, and no policy applies. */
  | { readonly kind: 'unavailable'; readonly detail: string };

/** One attempt, as it went. Times in epoch milliseconds. */
export interface Attempt {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly tokenMs: number;
  /** HTTP requests made: 2 after a refused token. */
  readonly requests: number;
  /** The last one, redacted; null when none was made. */
  readonly request: (Attempted['request'] & { readonly headers: Record<string, string> }) | null;
  /** Redacted where it echoed a secret. */
  readonly answer: Answer | null;
  readonly outcome: Outcome;
  /** The request before, of which the token was refused. */
  readonly refused?: RefusedRequest;
}
