import type { TokenError } from '@nuncio/contracts';

interface Stored {
  readonly at: Date;
  /** A bigint, so it is text. */
  readonly version: string;
  readonly duration_ms: number;
}

export interface StoredSuccess extends Stored {
  readonly outcome: 'token';
  readonly expires_at: Date;
  readonly scope: string | null;
}

export interface StoredFailure extends Stored {
  readonly outcome: TokenError['class'];
  readonly http_status: number | null;
  readonly code: string | null;
  readonly description: string | null;
  readonly paused_until: Date | null;
}

export type StoredTokenRequest = StoredSuccess | StoredFailure;

export const tokenErrorOf = ({ outcome, http_status, code, description }: StoredFailure): TokenError => ({
  class: outcome,
  httpStatus: http_status,
  code,
  ...(description !== null && { description }),
});

/** $1: credential. Its last success and last failure, the later one first. Reads the newest partitions first, and stops when it has both. */
export const LAST_OF_EACH = `
  (SELECT * FROM log.token_requests WHERE credential = $1 AND outcome = 'token' ORDER BY at DESC LIMIT 1)
  UNION ALL
  (SELECT * FROM log.token_requests WHERE credential = $1 AND outcome <> 'token' ORDER BY at DESC LIMIT 1)
  ORDER BY at DESC, record_offset DESC`;

export interface Today {
  readonly total: number;
  readonly failed: number;
}

/** $1: credential. Counts its requests of this day, UTC. */
export const TODAY = `
  SELECT count(*)::int AS total, (count(*) FILTER (WHERE outcome <> 'token'))::int AS failed
  FROM log.token_requests WHERE credential = $1 AND at >= date_trunc('day', now(), 'UTC')`;
