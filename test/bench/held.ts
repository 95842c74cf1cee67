import { setTimeout as delay } from 'node:timers/promises';
import { always, Receiver } from '@nuncio/fixtures';
import { cpuSeconds } from './cpu.js';
import type { Installation } from './installation.js';
import { FIRST, Load } from './load.js';
import { percentilesOf, reached, type Percentiles } from './measurement.js';
import { Neighbours, type Round } from './neighbours.js';
import type { Options } from './options.js';

const NEIGHBOURS = 20;
const SECONDS = 30;
const WARM_UP_SECONDS = 5;
/** Time after everything has been read, in which the first requests fail. */
const SETTLE_SECONDS = 30;
const CHUNK = 1_000;
const HANGING = 'hanging-neighbour-of-many';

interface HeldLine {
  readonly bench: 'held';
  readonly seconds: number;
  readonly held: number;
  /** Deliveries that return from a hold, per second. */
  readonly hopsPerSecond: number;
  /** CPU that the dispatcher uses more than without holds, as a share of one core. */
  readonly cpuShareAdded: number;
  /** Latencies of the others, from published to received. */
  readonly without: Percentiles;
  readonly with: Percentiles;
  readonly p99Ratio: number;
}

/**
 * 200 events a second to 20 endpoints: what it costs to hold 100,000 deliveries (`--events`) for an endpoint that hangs, and how much slower the
 * others get.
 */
export async function held(installation: Installation, { seconds: given, events }: Options): Promise<HeldLine> {
  const seconds = given ?? SECONDS;
  const { stack, services, api } = installation;
  const hanging = await Receiver.start(always('hang'));
  const callback = await installation.endpoint(HANGING, installation.receiver.url);
  await api.patch(`/v1/callbacks/${callback}`, { url: hanging.url });
  const load = new Load(stack.brokers, services.topicPrefix, () => HANGING);
  await load.connect();
  const neighbours = await Neighbours.start(installation, NEIGHBOURS, FIRST.held);
  const metric = async (pattern: RegExp): Promise<number> => {
    const page = await (await fetch(`http://127.0.0.1:${services.services.dispatcher?.port ?? 0}/metrics`)).text();
    return Number(pattern.exec(page)?.[1] ?? 0);
  };
  const measured = async (): Promise<Round & { cpuShare: number; hops: number }> => {
    const { dispatcher } = services.services;
    const read = async (): Promise<[number, number, number]> => [(await cpuSeconds({ dispatcher: { pid: dispatcher?.pid ?? 0 } })).dispatcher ?? 0, await metric(HOLDS), performance.now()];
    const before = await read();
    const round = await neighbours.run(seconds);
    const after = await read();
    const took = (after[2] - before[2]) / 1_000;
    return { ...round, cpuShare: (after[0] - before[0]) / took, hops: (after[1] - before[1]) / took };
  };

  await neighbours.run(WARM_UP_SECONDS);
  const without = await measured();
  for (let sent = 0; sent < events; sent += CHUNK) await load.publish(FIRST.held + HELD_FROM + sent, Math.min(CHUNK, events - sent));
  await reached(`held of ${events}`, () => metric(HELD), (value) => value >= 0.9 * events);
  await delay(SETTLE_SECONDS * 1_000);
  const withThem = await measured();
  const count = await metric(HELD);
  await api.patch(`/v1/callbacks/${callback}`, { enabled: false });
  await Promise.all([neighbours.disconnect(), load.disconnect(), hanging.close()]);
  const [before, after] = [percentilesOf(without.latencies), percentilesOf(withThem.latencies)];
  return {
    bench: 'held',
    seconds,
    held: count,
    hopsPerSecond: Math.round(withThem.hops),
    cpuShareAdded: Math.round((withThem.cpuShare - without.cpuShare) * 1_000) / 1_000,
    without: before,
    with: after,
    p99Ratio: Math.round((after.p99 / before.p99) * 100) / 100,
  };
}

/** Numbers of `held` from here on are for the endpoint that hangs. */
const HELD_FROM = 500_000;
const HELD = /^nuncio_held (\d+)/m;
const HOLDS = /^nuncio_unattempted_total\{fact="held"\} (\d+)/m;
