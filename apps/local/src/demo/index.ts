import { setTimeout as delay } from 'node:timers/promises';
import { AuthorizationServer, businessEvents, type FileEvent } from '@nuncio/fixtures';
import { Api } from '@nuncio/fixtures';
import { clients, customers } from './customers.js';
import { Endpoint } from './endpoint.js';
import { examine } from './examination.js';
import { onboard, register, unlessThere } from './onboarding.js';
import { publish } from './publication.js';
import { render } from './summary.js';

interface DemoOptions {
  /** The public API's origin. */
  readonly url: string;
  readonly adminKey: string;
  /** Comma list of `host:port`, as in `KAFKA_BROKERS`. */
  readonly brokers: string;
  readonly topicPrefix: string;
  readonly log: (line: string) => void;
}

const LIMIT_MS = 60_000;
const BROADCAST: ReadonlySet<string> = new Set(['platform.maintenance']);

/**
 * The product's main purpose on real input: five customers with real HTTP endpoints and a real authorization server subscribe over the public API, a
 * file of events is published to Kafka, and every byte, signature and token that arrives is checked. `ok`: every delivery ended as it should, within
 * a minute.
 */
export async function runDemo({ url, adminKey, brokers, topicPrefix, log }: DemoOptions): Promise<{ ok: boolean }> {
  const api = new Api(url, adminKey);
  const events = businessEvents();
  const server = await AuthorizationServer.start({ clients });
  const endpoints = await Promise.all(customers.map((customer) => Endpoint.open(customer)));
  try {
    await declareTypes(api, events);
    const credentials = await register(api, customers, server);
    for (const endpoint of endpoints) await onboard(api, endpoint, credentials);
    for (const { receiver, customer } of endpoints) receiver.answer(customer.script());
    log(`${endpoints.length} endpoints subscribed, publishing ${events.length} events to ${topicPrefix}.events`);

    const startedAt = Date.now();
    const deadline = startedAt + LIMIT_MS;
    const published = await publish(events, startedAt.toString(36), { brokers: brokers.split(','), topic: `${topicPrefix}.events` });
    for (const endpoint of endpoints) endpoint.expect(published, BROADCAST);
    while (!endpoints.every((endpoint) => endpoint.isComplete()) && Date.now() < deadline) await delay(50);

    const summary = await examine({ api, server, endpoints, published, startedAt, deadline });
    for (const line of render(summary)) log(line);
    return { ok: summary.faults.length === 0 };
  } finally {
    await Promise.all([server.down(), ...endpoints.map(({ receiver }) => receiver.close())]);
  }
}

async function declareTypes(api: Api, events: readonly FileEvent[]): Promise<void> {
  const names = new Set(events.map(({ headers }) => headers.ce_type ?? ''));
  for (const name of names) await unlessThere(api, '/v1/event-types', { name, audience: BROADCAST.has(name) ? 'broadcast' : 'addressed' });
}
