import type { TokenRequest } from '@nuncio/contracts';

/** What several requests of one credential come to: answered together, by at most one fetch. */
export interface Ask {
  readonly credential: string;
  readonly position: number;
  readonly generation: number;
  readonly reason: TokenRequest['reason'];
  /** Of the youngest: somebody waits until its bound. */
  readonly at: number;
  /** Of the tests among them. */
  readonly correlations: readonly string[];
  /** Of the first whose trace is recorded. */
  readonly traceparent?: string | undefined;
}

const byWeight: readonly TokenRequest['reason'][] = ['test', 'refused', 'miss', 'refresh'];

/** Who holds the newest generation and knows the latest position is the hardest to please: what pleases them pleases all. */
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
