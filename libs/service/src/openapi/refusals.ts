import { Fault, type FaultCode, type FaultDetail } from '@nuncio/contracts';
import { faultCodes, statusOf, toProblem } from '../problem.filter.js';
import { isReading } from '../reading.js';
import { answerHeaders } from './headers.js';
import type { Route } from './routes.js';

/**
 * A route's error answers by status, with their codes: those that follow from its declaration, and those that it names. `default` is any other error.
 */
export function refusals(route: Route): Record<string, object> {
  const byStatus = Map.groupBy(new Set(codesOf(route)), statusOf);
  return Object.fromEntries([
    ...Array.from(byStatus, ([status, codes]) => [status, problem(status, `Refused: ${codes.map((code) => `\`${code}\``).join(', ')}`, codes)]),
    ['default', problem('default', 'Refused, or failed', ANYWHERE)],
  ]) as Record<string, object>;
}

function codesOf({ path, isPublic, roles, query, bodies, isIdempotent, guards, method, info }: Route): FaultCode[] {
  const reads = isReading(method.toUpperCase(), roles);
  return [
    'malformed-request',
    ...(isPublic ? [] : (['unauthenticated', 'too-many-requests'] as const)),
    ...(roles && !isPublic ? (['forbidden'] as const) : []),
    ...(path.includes('{') ? (['not-found'] as const) : []),
    ...(bodies ? (['malformed-json', 'too-large', 'unsupported-media-type', 'invalid'] as const) : []),
    ...(query || isIdempotent ? (['invalid'] as const) : []),
    ...(reads ? [] : (['conflict'] as const)),
    ...(method === 'delete' ? (['in-use'] as const) : []),
    ...(isPublic || reads ? [] : (['suspended'] as const)),
    ...(guards ? (['stale'] as const) : []),
    ...(info.errors ?? []),
    'unavailable',
  ];
}

/** Faults that every route may have. */
const ANYWHERE: readonly FaultCode[] = ['internal', 'corrupt', 'timeout', 'method-not-allowed', 'request-timeout', 'headers-too-large'];

const problem = (status: number | 'default', description: string, codes: readonly FaultCode[]): object => ({
  description,
  headers: answerHeaders(status, '', false),
  content: {
    'application/problem+json': {
      schema: { $ref: '#/components/schemas/Problem' },
      examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
    },
  },
});

const DETAILS: Partial<Record<FaultCode, string>> = {
  invalid: 'One field is invalid. /name: is missing (a string).',
  conflict: 'There is another resource of this name.',
  stale: 'The resource is at version 4 by now.',
  'not-found': 'There is nothing here.',
};

/** An example of each fault code, as components. */
export const PROBLEM_EXAMPLES = Object.fromEntries(
  faultCodes.map((code) => {
    const errors: FaultDetail[] = code === 'invalid' ? [{ pointer: '/name', code: 'required', detail: 'is missing (a string)' }] : [];
    const { title, ...value } = toProblem(new Fault(code, DETAILS[code] ?? 'A sentence that says what is wrong.', { errors }), '8f4d2c0b9a7e4f51');
    return [code, { summary: title, value: { ...value, title } }];
  }),
);
