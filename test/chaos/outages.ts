import { setTimeout as delay } from 'node:timers/promises';
import { Receiver } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { Tenant } from '../fleet/tenant.js';
import type { Server } from './schedule.js';
import type { Stage } from './stage.js';

const EVERY_MS = 100;
const SETTLED_WITHIN_MS = 60_000;
const SERVICES = ['dispatcher', 'token-service', 'attempt-log'];

/** What came of an outage. */
export interface Outage {
  readonly servers: readonly Server[];
  readonly accepted: number;
  /** Accepted and never delivered. */
  readonly lost: number;
  /** From the servers' return to the first delivery after it. */
  readonly firstDeliveryMs: number;
}

/** Every server by itself, and all of them together. */
export const OUTAGES: readonly (readonly Server[])[] = [['Kafka'], ['Redis'], ['PostgreSQL'], ['Kafka', 'Redis', 'PostgreSQL']];

/** Publishes while these servers are away for so long, and waits for everything that was accepted. */
export async function outage(stage: Stage, down: readonly Server[], forMs: number): Promise<Outage> {
  const { fleet, servers, services } = stage;
  if (!servers) throw new Error('the servers are not ours to break');
  const receiver = await Receiver.start();
  try {
    const tenant = await Tenant.create(fleet);
    await tenant.subscribe(receiver, { profile: 'standard' });
    const accepted: number[] = [];
    const publishing = new AbortController();
    const offers = (async () => {
      const offered: Promise<unknown>[] = [];
      for (let n = 0; !publishing.signal.aborted; n++) {
        offered.push(
          tenant.publish([{ payload: `{"n":${n}}` }]).then(
            () => accepted.push(n),
            () => undefined,
          ),
        );
        await delay(EVERY_MS);
      }
      await Promise.all(offered);
    })();
    await delay(1_000);
    await Promise.all(down.map((server) => servers.away(server, forMs)));
    const backAt = Date.now();
    const first = await eventually(() => {
      const after = receiver.requests.find(({ at }) => at >= backAt);
      if (!after) throw new Error('nothing has been delivered since');
      return after.at - backAt;
    }, SETTLED_WITHIN_MS);
    publishing.abort();
    await offers;
    for (const service of SERVICES) await services.ready(service);
    const lost = (): number => accepted.length - accepted.filter((n) => arrived().has(n)).length;
    const arrived = (): Set<number> => new Set(receiver.requests.map(({ body }) => (JSON.parse(body.toString()) as { n: number }).n));
    await eventually(() => {
      if (lost() > 0) throw new Error('some are missing still');
    }, SETTLED_WITHIN_MS).catch(() => undefined);
    return { servers: down, accepted: accepted.length, lost: lost(), firstDeliveryMs: first };
  } finally {
    await receiver.close();
  }
}
