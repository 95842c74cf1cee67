import type { Schemas } from '../api/client.js';

type Health = Schemas['CredentialHealth'];

/** An authorization server, by the credentials that Nuncio has there. */
export interface AuthorizationServer {
  readonly host: string;
  readonly credentials: readonly Health[];
  readonly failing: number;
  readonly requests: number;
  readonly failed: number;
  /** The 95th percentile of its requests today, in milliseconds; null = unknown. */
  readonly p95: number | null;
  /** What it answered to the requests that failed last, most frequent first; of credentials that are failing now. */
  readonly errors: readonly string[];
  /** RFC 3339; null = it may be asked now. */
  readonly pausedUntil: string | null;
  /** Callbacks that need a token of it. */
  readonly callbacks: number;
}

/** The hosts that these credentials name, each once. */
export const hostsOf = (healths: readonly Health[]): string[] => [...new Set(healths.flatMap(({ host }) => host ?? []))].sort();

/** The servers by host, those with failures first. */
export const serversOf = (healths: readonly Health[], p95s: ReadonlyMap<string, number> = new Map(), now = Date.now()): AuthorizationServer[] =>
  Array.from(Map.groupBy(healths, ({ host }) => host ?? '–'), ([host, credentials]) => ({ ...serverOf(host, credentials, now), p95: p95s.get(host) ?? null })).sort((a, b) => b.failing - a.failing || b.requests - a.requests || a.host.localeCompare(b.host));

function serverOf(host: string, credentials: readonly Health[], now: number): Omit<AuthorizationServer, 'p95'> {
  const failing = credentials.filter(({ state }) => state === 'failing');
  const codes = Map.groupBy(failing.flatMap(({ lastFailure }) => (lastFailure ? [lastFailure.tokenError] : [])), ({ code, class: kind, httpStatus }) => code ?? (httpStatus === null ? kind : `${kind} ${httpStatus}`));
  const pauses = failing.flatMap(({ lastFailure }) => lastFailure?.pausedUntil ?? []).filter((until) => Date.parse(until) > now);
  return {
    host,
    credentials,
    failing: failing.length,
    requests: sum(credentials, ({ requestsToday }) => requestsToday.total),
    failed: sum(credentials, ({ requestsToday }) => requestsToday.failed),
    errors: [...codes].sort(([, a], [, b]) => b.length - a.length).map(([code]) => code),
    pausedUntil: pauses.sort().at(-1) ?? null,
    callbacks: new Set(credentials.flatMap(({ callbacks }) => callbacks.map(({ id }) => id))).size,
  };
}

const sum = <T,>(items: readonly T[], of: (item: T) => number): number => items.reduce((total, item) => total + of(item), 0);

/** The state of a server by those of its credentials. A credential that was never used says nothing. */
export function stateOf({ credentials, failing }: AuthorizationServer): { readonly of: 'working' | 'failing' | 'unknown'; readonly as: string } {
  if (failing > 0) return { of: 'failing', as: failing === credentials.length ? 'failing' : `${failing} of ${credentials.length} failing` };
  return credentials.some(({ state }) => state === 'working') ? { of: 'working', as: 'working' } : { of: 'unknown', as: 'not asked' };
}
