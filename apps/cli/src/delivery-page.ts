import type { Json } from './api.js';
import { coloured, line, plain, type Output } from './output.js';

interface Entry {
  readonly at: string;
  readonly fact: string;
  readonly number: number | null;
  readonly reason: string | null;
  readonly outcome: string | null;
  readonly requestedBy: string | null;
}

interface Attempt {
  readonly number: number;
  readonly startedAt: string;
  readonly outcome: string;
  readonly request: { readonly method: string; readonly url: string; readonly headers: Readonly<Record<string, string | string[]>> } | null;
  readonly response: { readonly status: number; readonly body: string } | null;
  readonly error: { readonly class: string; readonly detail: string | null } | null;
  readonly advice?: string | null;
  readonly timingsMs: { readonly total: number };
}

interface Delivery {
  readonly id: string;
  readonly status: string;
  readonly explanation: string;
  readonly eventType: string;
  readonly event: string;
  readonly tenant: string;
  readonly callback: string;
  readonly subscription: string;
  readonly timeline: readonly Entry[];
  readonly attempts: readonly Attempt[];
}

const BODY_SHOWN = 500;

/** A delivery as a page of text: a sentence on its state, its timeline, and its requests and answers. */
export function deliveryPage(json: Json, output: Output): string {
  const delivery = json as unknown as Delivery;
  const { id, status, explanation, eventType, event, tenant, callback, subscription, timeline, attempts } = delivery;
  return [
    `${id}  ${coloured(status, output)}`,
    line(explanation),
    '',
    `${line(eventType)} ${event}, of tenant ${tenant}, to callback ${callback} by subscription ${subscription}`,
    '',
    'What happened',
    ...timeline.map((entry) => `  ${entry.at}  ${happened(entry, output)}`),
    ...attempts.flatMap((attempt) => ['', ...page(attempt, output)]),
  ].join('\n');
}

function happened({ fact, number, reason, outcome, requestedBy }: Entry, output: Output): string {
  const words = [fact, number === null ? '' : `#${number}`, outcome === null ? '' : coloured(outcome, output), reason === null ? '' : line(reason), requestedBy === null ? '' : `by ${line(requestedBy)}`];
  return words.filter(Boolean).join(' ');
}

function page({ number, startedAt, outcome, request, response, error, advice, timingsMs }: Attempt, output: Output): string[] {
  const headers = Object.entries(request?.headers ?? {}).map(([name, value]) => `  ${line(name)}: ${line([value].flat().join(', '))}`);
  return [
    `Attempt ${number}, ${startedAt}: ${coloured(outcome, output)} in ${Math.round(timingsMs.total)} ms`,
    ...(request ? [`  ${request.method} ${line(request.url)}`, ...headers] : ['  nothing was sent']),
    ...(response ? [`  → ${response.status}${response.body ? `  ${plain(response.body.slice(0, BODY_SHOWN)).replaceAll('\n', '\n    ')}` : ''}`] : []),
    ...(error ? [`  ${error.class}${error.detail === null ? '' : `: ${line(error.detail)}`}`] : []),
    ...(advice ? [`  ${line(advice)}`] : []),
  ];
}
