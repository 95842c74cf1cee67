import type { AuthorizationServer } from '@nuncio/fixtures';
import type { Api } from '@nuncio/fixtures';
import { clients } from './customers.js';
import type { Endpoint } from './endpoint.js';
import { logFaults, readLog } from './log-reading.js';
import type { Published } from './publication.js';
import type { Summary } from './summary.js';

/** One publication of the file, and everything that took part in it. */
interface Run {
  readonly api: Api;
  readonly server: AuthorizationServer;
  readonly endpoints: readonly Endpoint[];
  readonly published: readonly Published[];
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** Until when the log may be behind, epoch milliseconds. */
  readonly deadline: number;
}

/**
 * Compares the requests to the endpoints, the tokens of the authorization server and the content of the log with what
 * was published.
 */
export async function examine({ api, server, endpoints, published, startedAt, deadline }: Run): Promise<Summary> {
  const ids = new Set(published.map(({ id }) => id));
  const since = new Date(startedAt - 1_000).toISOString();
  const readings = await Promise.all(endpoints.map(async (endpoint) => ({ endpoint, reading: await readLog(api, endpoint, since, deadline) })));
  const tokens = clients.map(({ clientId, tokens: expected }) => ({ client: clientId, requests: server.requestsOf(clientId).length, expected }));
  return {
    events: published.length,
    wanted: published.filter(({ id }) => endpoints.some((endpoint) => endpoint.expected.has(id))).length,
    lines: readings.map(({ endpoint, reading: { deliveries, attempts } }) => ({
      name: endpoint.customer.name,
      description: endpoint.customer.description,
      deliveries: deliveries.length,
      attempts: attempts.length,
      retries: attempts.length - deliveries.length,
    })),
    tokens,
    latencies: endpoints.flatMap((endpoint) => endpoint.latencies()),
    faults: [
      ...readings.flatMap(({ endpoint, reading }) => [...endpoint.faults(ids, server), ...logFaults(endpoint, reading, endpoint.requests(ids).length)]),
      ...tokens.filter(({ requests, expected }) => requests !== expected).map(({ client, requests, expected }) => `${client}: ${requests} token requests instead of ${expected}`),
    ],
  };
}
