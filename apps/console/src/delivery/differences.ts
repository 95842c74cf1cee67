import type { Schemas } from '../api/client.js';
import type { Difference } from '../parts/differences.js';

type Attempt = Pick<Schemas['Attempt'], 'request' | 'response' | 'error'>;
type Headers = NonNullable<Attempt['request']>['headers'];

/** Headers that differ in every request. */
const ALWAYS: readonly string[] = ['webhook-timestamp', 'webhook-signature', 'traceparent', 'tracestate', 'date', 'x-request-id'];

/** How request and answer differ from those of the attempt before. */
export function differencesOf(before: Attempt, after: Attempt): Difference[] {
  const pairs: Difference[] = [
    { what: 'URL', before: before.request?.url ?? null, after: after.request?.url ?? null },
    ...headers('request', before.request?.headers, after.request?.headers),
    { what: 'answer', before: answerOf(before), after: answerOf(after) },
    ...headers('answer', before.response?.headers, after.response?.headers),
    { what: 'answer’s body', before: before.response?.body ?? null, after: after.response?.body ?? null },
  ];
  return pairs.filter((pair) => pair.before !== pair.after);
}

const answerOf = ({ response, error }: Attempt): string | null => (response ? String(response.status) : (error?.class ?? null));

function headers(of: string, before: Headers = {}, after: Headers = {}): Difference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !ALWAYS.includes(name)).sort();
  return names.map((name) => ({ what: `${of}: ${name}`, before: textOf(before[name]), after: textOf(after[name]) }));
}

const textOf = (values: string | string[] | undefined): string | null => (values === undefined ? null : [values].flat().join(', '));
