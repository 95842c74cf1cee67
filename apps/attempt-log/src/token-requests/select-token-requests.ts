import type { TokenError } from '@nuncio/contracts';

interface Stored {
  readonly credential: string;
  readonly at: Date;
  /** A bigint, so it is text. */
  readonly version: string;
  /** The same. */
  readonly generation: string;
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

/** $1: credentials. The last success and the last failure of each, later ones first. Reads the newest partitions first, and stops when it has both. */
export const LAST_OF_EACH = `
  SELECT r.* FROM unnest($1::text[]) AS c (credential), LATERAL (
    (SELECT * FROM log.token_requests WHERE credential = c.credential AND outcome = 'token' ORDER BY at DESC LIMIT 1)
    UNION ALL
    (SELECT * FROM log.token_requests WHERE credential = c.credential AND outcome <> 'token' ORDER BY at DESC LIMIT 1)
  ) r
  ORDER BY r.at DESC, r.record_offset DESC`;

export interface Today {
  readonly credential: string;
  readonly total: number;
  readonly failed: number;
}

/** $1: credentials. Counts the requests of each of this day, UTC. */
export const TODAY = `
  SELECT credential, count(*)::int AS total, (count(*) FILTER (WHERE outcome <> 'token'))::int AS failed
  FROM log.token_requests WHERE credential = ANY($1) AND at >= date_trunc('day', now(), 'UTC') GROUP BY credential`;
