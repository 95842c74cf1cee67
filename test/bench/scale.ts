import { setTimeout as delay } from 'node:timers/promises';
import { cpuSeconds, round } from './cpu.js';
import type { Installation } from './installation.js';
import { FIRST, Load } from './load.js';
import { reached } from './measurement.js';
import type { Options } from './options.js';

const FLEETS = [1, 2, 4, 8];
/** For each dispatcher: before that, its code is not compiled. */
const WARM_UP = 10_000;
const CHUNK = 1_000;
/** The most events that are published and have not arrived. Beyond what an endpoint takes within its timeout, deliveries are held, which costs more than delivering. */
const MOST_UNDER_WAY = 4_000;

interface ScaleLine {
  readonly bench: 'scale';
  readonly events: number;
  /** Partitions of `events`; null = as declared. */
  readonly partitions: number | null;
  /** CPU microseconds per delivery of all dispatchers together, by their number. */
  readonly cpuMicros: Readonly<Record<number, number>>;
  readonly deliveriesPerSecond: Readonly<Record<number, number>>;
  /** The cost with the most dispatchers, relative to one. */
  readonly ratio: number;
}

/**
 * Delivers the same events (`--events`) with 1, 2, 4 and 8 dispatchers on this machine, and compares what a delivery costs
 * all of them together.
 */
export async function scale(installation: Installation, { events, partitions }: Options): Promise<ScaleLine> {
  const { stack, services, receiver } = installation;
  const load = new Load(stack.brokers, services.topicPrefix);
  await load.connect();
  let first: number = FIRST.scale;
  const deliver = async (count: number): Promise<number> => {
    await receiver.forget();
    const startedAt = performance.now();
    for (let sent = 0; sent < count; sent += CHUNK) {
      while (sent - (await receiver.count()) > MOST_UNDER_WAY) await delay(10);
      await load.publish(first + sent, Math.min(CHUNK, count - sent));
    }
    first += count;
    await reached(`arrived of ${count}`, () => receiver.count(), (value) => value >= count);
    return (performance.now() - startedAt) / 1_000;
  };
  const dispatchers = ['dispatcher'];
  const cpuMicros: Record<number, number> = {};
  const deliveriesPerSecond: Record<number, number> = {};
  for (const size of FLEETS) {
    while (dispatchers.length < size) dispatchers.push(await services.add('dispatcher'));
    await deliver(WARM_UP * size);
    const used = async (): Promise<number> => {
      const processes = Object.fromEntries(dispatchers.map((name) => [name, { pid: services.services[name]?.pid ?? 0 }]));
      return Object.values(await cpuSeconds(processes)).reduce((sum, seconds) => sum + seconds, 0);
    };
    const before = await used();
    const seconds = await deliver(events);
    cpuMicros[size] = round(((await used()) - before) * (1e6 / events));
    deliveriesPerSecond[size] = Math.round(events / seconds);
  }
  for (const name of dispatchers.slice(1)) await services.kill(name, 'SIGTERM');
  await load.disconnect();
  return { bench: 'scale', events, partitions, cpuMicros, deliveriesPerSecond, ratio: Math.round((Math.max(...Object.values(cpuMicros)) / (cpuMicros[1] ?? NaN)) * 100) / 100 };
}
