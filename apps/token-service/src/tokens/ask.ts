import type { TokenRequest } from '@nuncio/contracts';

/** Merged requests for one credential. They share one answer, and at most one fetch. */
export interface Ask {
  readonly credential: string;
  readonly position: number;
  readonly generation: number;
  readonly reason: TokenRequest['reason'];
  /** The time of the latest request, epoch milliseconds. Until its wait is over, somebody waits. */
  readonly at: number;
  /** Correlation ids of the tests among them. */
  readonly correlations: readonly string[];
  /** The trace of the first recorded request. */
  readonly traceparent?: string | undefined;
}

const byWeight: readonly TokenRequest['reason'][] = ['test', 'refused', 'miss', 'refresh'];

/** Takes the highest generation and position of all requests, so that an answer for the merged one satisfies each. */
export function merge(requests: readonly [TokenRequest, ...TokenRequest[]]): Ask {
  const highest = (of: (request: TokenRequest) => number): number => Math.max(...requests.map(of));
  return {
    credential: requests[0].credential,
    position: highest((r) => r.position),
    generation: highest((r) => r.generation),
    reason: byWeight.find((reason) => requests.some((r) => r.reason === reason)) ?? requests[0].reason,
    at: highest((r) => r.at),
    correlations: requests.flatMap((r) => (r.reason === 'test' && r.correlation !== null ? [r.correlation] : [])),
    traceparent: requests.find((r) => r.traceparent !== undefined)?.traceparent,
  };
}
