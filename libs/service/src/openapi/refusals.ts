import type { FaultCode } from '@nuncio/contracts';
import { statusOf } from '../problem.filter.js';
import type { Route } from './routes.js';

/** The refusals of a route by status, with their codes: what follows from its declaration, and what it names itself. `default` is what nobody foresaw. */
export function refusals(route: Route): Record<string, object> {
  const byStatus = Map.groupBy(new Set(codesOf(route)), statusOf);
  return Object.fromEntries([
    ...Array.from(byStatus, ([status, codes]) => [status, problem(`Refused: ${codes.map((code) => `\`${code}\``).join(', ')}`)]),
    ['default', problem('Refused, or failed')],
  ]) as Record<string, object>;
}

function codesOf({ path, isPublic, roles, query, bodies, isIdempotent, guards, method, info }: Route): FaultCode[] {
  return [
    'malformed-request',
    ...(isPublic ? [] : (['unauthenticated', 'too-many-requests'] as const)),
    ...(roles && !isPublic ? (['forbidden'] as const) : []),
    ...(path.includes('{') ? (['not-found'] as const) : []),
    ...(bodies ? (['malformed-json', 'too-large', 'unsupported-media-type', 'invalid'] as const) : []),
    ...(query || isIdempotent ? (['invalid'] as const) : []),
    ...(isIdempotent || method !== 'get' ? (['conflict'] as const) : []),
    ...(method === 'delete' ? (['in-use'] as const) : []),
    ...(isPublic || method === 'get' ? [] : (['suspended'] as const)),
    ...(guards ? (['stale'] as const) : []),
    ...(info.errors ?? []),
    'unavailable',
  ];
}

const problem = (description: string): object => ({ description, content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } });
