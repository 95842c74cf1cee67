import { setTimeout as delay } from 'node:timers/promises';
import type { Api } from '@nuncio/fixtures';
import type { Endpoint } from './endpoint.js';

interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly status: string;
}

interface Attempt {
  readonly event: string;
  readonly requests: number;
  readonly request: { readonly headers: Readonly<Record<string, string>> } | null;
}

/** What the log has about one endpoint in this run. */
interface LogReading {
  readonly deliveries: readonly Delivery[];
  readonly attempts: readonly Attempt[];
}

const PAUSE_MS = 100;

/** Reads until every expected delivery has ended, or the time is up: the log is a moment behind the deliveries. */
export async function readLog(api: Api, endpoint: Endpoint, since: string, deadline: number): Promise<LogReading> {
  for (;;) {
    const query = { callback: endpoint.callback, since };
    const deliveries = (await api.all<Delivery>('/v1/deliveries', query)).filter(({ event }) => endpoint.expected.has(event));
    const ended = deliveries.filter(({ status }) => status !== 'pending').length;
    if (ended === endpoint.expected.size || Date.now() > deadline) {
      const attempts = (await api.all<Attempt>('/v1/attempts', query)).filter(({ event }) => endpoint.expected.has(event));
      return { deliveries, attempts };
    }
    await delay(PAUSE_MS);
  }
}

/** The differences between the log and what the endpoint saw, in sentences. */
export function logFaults(endpoint: Endpoint, { deliveries, attempts }: LogReading, requestsSeen: number): string[] {
  const requests = attempts.reduce((sum, attempt) => sum + attempt.requests, 0);
  const shown = attempts.filter(({ request }) => Object.entries(request?.headers ?? {}).some(([name, value]) => name.toLowerCase() === 'authorization' && value !== '<redacted>'));
  return [
    ...deliveries.filter(({ status }) => status !== 'delivered').map(({ id, status }) => `the log says ${id} is ${status}`),
    ...(deliveries.length === endpoint.expected.size ? [] : [`the log has ${deliveries.length} deliveries of ${endpoint.expected.size}`]),
    ...(requests === requestsSeen ? [] : [`the log has ${requests} requests, the endpoint saw ${requestsSeen}`]),
    ...shown.map(({ event }) => `the log shows an Authorization of ${event}`),
  ].map((fault) => `${endpoint.customer.name}: ${fault}`);
}
