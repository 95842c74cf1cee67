import { setTimeout as delay } from 'node:timers/promises';
import { Receiver, type Received } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { Tenant } from '../fleet/tenant.js';
import type { Server } from './schedule.js';
import type { Servers } from './servers.js';
import type { Stage } from './stage.js';

const EVERY_MS = 100;
const SERVICES = ['dispatcher', 'token-service', 'attempt-log'];

/** Something goes away, and is back when `happen` resolves. */
export interface Outage {
  readonly name: string;
  readonly happen: (servers: Servers, forMs: number) => Promise<unknown>;
}

/** The result of an outage. */
export interface Outcome {
  readonly outage: string;
  readonly accepted: number;
  /** Events that were accepted and never delivered. */
  readonly lost: number;
  /** Events that were delivered more than once. */
  readonly repeated: number;
  /** Milliseconds from its return to the first delivery. */
  readonly firstDeliveryMs: number;
  /** The longest time from an acknowledgement to a delivery, including the outage. */
  readonly slowestMs: number;
}

export const away = (...down: readonly Server[]): Outage => ({
  name: down.join(', '),
  happen: (servers, forMs) => Promise.all(down.map((server) => servers.away(server, forMs))),
});

/** Its duration is up to the brokers. */
export const restarts: Outage = { name: 'brokers restarted one after another', happen: ({ brokers }) => brokers.restart() };

/** Each server alone, and all together. */
const OF_SERVERS: readonly Outage[] = [away('Kafka'), away('Redis'), away('PostgreSQL'), away('Kafka', 'Redis', 'PostgreSQL')];

/** With three brokers. */
const OF_BROKERS: readonly Outage[] = [
  ...[1, 2, 3].map((number): Outage => ({ name: `broker ${number} killed`, happen: ({ brokers }, forMs) => brokers.kill(forMs, [number]) })),
  { name: 'broker 1 frozen', happen: ({ brokers }, forMs) => brokers.freeze(forMs, [1]) },
  ...[1, 2, 3].map((number): Outage => ({ name: `broker ${number} cut off from the dispatchers`, happen: ({ brokers }, forMs) => brokers.cut(forMs, [number]) })),
  ...[1, 2, 3].map((number): Outage => ({ name: `broker ${number} silent to the dispatchers`, happen: ({ brokers }, forMs) => brokers.silence(forMs, [number]) })),
  { name: 'brokers 1 and 2 killed', happen: ({ brokers }, forMs) => brokers.kill(forMs, [1, 2]) },
  restarts,
];

export const outagesOf = ({ brokers }: Servers): readonly Outage[] => [...OF_SERVERS, ...(brokers.several.length > 0 ? OF_BROKERS : [])];

/** Publishes during the outage, and waits for everything that was accepted. */
export async function outage(stage: Stage, { name, happen }: Outage, forMs: number): Promise<Outcome> {
  const { fleet, servers, services } = stage;
  if (!servers) throw new Error('the servers are not ours to break');
  const receiver = await Receiver.start();
  try {
    const tenant = await Tenant.create(fleet);
    await tenant.subscribe(receiver, { profile: 'standard' });
    /** When each was accepted, by number. */
    const accepted = new Map<number, number>();
    const publishing = new AbortController();
    const offers = (async () => {
      const offered: Promise<unknown>[] = [];
      for (let n = 0; !publishing.signal.aborted; n++) {
        offered.push(
          tenant.publish([{ payload: `{"n":${n}}` }]).then(
            () => accepted.set(n, Date.now()),
            () => undefined,
          ),
        );
        await delay(EVERY_MS);
      }
      await Promise.all(offered);
    })();
    await delay(1_000);
    await happen(servers, forMs);
    const backAt = Date.now();
    const firstDeliveryMs = await eventually(() => {
      const after = receiver.requests.find(({ at }) => at >= backAt);
      if (!after) throw new Error(`${name}: nothing has been delivered since`);
      return after.at - backAt;
    });
    publishing.abort();
    await offers;
    for (const service of SERVICES) await services.ready(service);
    const numberOf = ({ body }: Received): number => (JSON.parse(body.toString()) as { n: number }).n;
    const arrived = (): Map<number, Received[]> => Map.groupBy(receiver.requests, numberOf);
    const lost = (): number => [...accepted.keys()].filter((n) => !arrived().has(n)).length;
    await eventually(() => {
      if (lost() > 0) throw new Error('some are missing still');
    }).catch(() => undefined);
    const requests = arrived();
    const waits = [...accepted].map(([n, at]) => (requests.get(n)?.[0]?.at ?? at) - at);
    const repeated = receiver.requests.length - requests.size;
    return { outage: name, accepted: accepted.size, lost: lost(), repeated, firstDeliveryMs, slowestMs: Math.max(0, ...waits) };
  } finally {
    await receiver.close();
  }
}
