import type { TokenRequest } from '@nuncio/contracts';

/** Several requests of one credential, merged: they are answered together, by at most one fetch. */
export interface Ask {
  readonly credential: string;
  readonly position: number;
  readonly generation: number;
  readonly reason: TokenRequest['reason'];
  /** The time of the youngest request: until its bound, somebody waits. */
  readonly at: number;
  /** The ids of the tests among them. */
  readonly correlations: readonly string[];
  /** The trace of the first request that is recorded. */
  readonly traceparent?: string | undefined;
}

const byWeight: readonly TokenRequest['reason'][] = ['test', 'refused', 'miss', 'refresh'];

/** The merged request holds the newest generation and knows the latest position: an answer that satisfies it satisfies all. */
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
