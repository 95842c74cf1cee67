import { setTimeout as delay } from 'node:timers/promises';
import type { Fleet } from '../fleet/fleet.js';
import type { Chance } from './chance.js';
import { digest, type Cast } from './cast.js';
import type { Published } from './history.js';

const TICK_MS = 25;
/** One in this many is published over HTTP, the others by Kafka. */
const OVER_HTTP = 5;
const MAX_PAYLOAD_BYTES = 2_000;

/** Publishes an event every 25 ms, each for one or more endpoints, and reports each once it is known whether it was accepted. */
export async function publish(fleet: Fleet, cast: Cast, chance: Chance, goesOn: () => boolean, tell: (published: Published) => void): Promise<void> {
  const prefix = `${Date.now()}`;
  const offers: Promise<void>[] = [];
  for (let n = 0; goesOn(); n++) {
    offers.push(offer(fleet, cast, chance, `${prefix}-${n}`).then(tell));
    await delay(TICK_MS);
  }
  await Promise.all(offers);
}

async function offer({ api, cluster }: Fleet, cast: Cast, chance: Chance, event: string): Promise<Published> {
  const actors = chance.shuffled(cast.actors).slice(0, chance.next() < 0.7 ? 1 : chance.between(2, cast.actors.length));
  const isJson = chance.next() < 0.7;
  const payload = isJson ? Buffer.from(`{ "n": 1.0, "event": "${event}" }`) : chance.bytes(chance.between(0, MAX_PAYLOAD_BYTES));
  const attributes = {
    specversion: '1.0',
    id: event,
    source: '/chaos',
    type: actors[0]?.tenant.eventType ?? '',
    tenant: actors.map(({ tenant }) => tenant.id).join(','),
  };
  const headers = (prefix: string): Record<string, string> => ({
    ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [prefix + name, value])),
    'content-type': isJson ? 'application/json' : 'application/octet-stream',
  });
  const accepted =
    isJson && chance.between(1, OVER_HTTP) === 1
      ? api.call('POST', '/v1/events', payload.toString(), headers('ce-')).then(({ status }) => status === 202)
      : cluster.send('events', [{ key: event, value: payload, headers: headers('ce_') }]).then(() => true);
  const acceptedAt = await accepted.then(
    (yes) => (yes ? Date.now() : null),
    () => null,
  );
  return { event, to: actors.map(({ endpoint }) => endpoint.name), body: digest(payload), acceptedAt };
}
