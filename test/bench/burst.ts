import { setTimeout as delay } from 'node:timers/promises';
import type { Installation } from './installation.js';
import { FIRST, Load } from './load.js';
import { percentilesOf, reached, type Percentiles } from './measurement.js';
import { forgetPeak, megabytesOf } from './memory.js';
import { Neighbours } from './neighbours.js';
import type { Options } from './options.js';

const NEIGHBOURS = 20;
const SECONDS = 60;
const WARM_UP_SECONDS = 5;
const BURSTING = 'bursting-neighbour';
const CHUNK = 1_000;
/** Half a minute after a burst a dispatcher has given its memory back. */
const REST_SECONDS = 30;

interface BurstLine {
  readonly bench: 'burst';
  readonly seconds: number;
  readonly events: number;
  /** How long the burst took to arrive. */
  readonly burstSeconds: number;
  /** Latencies of the others, from published to received. */
  readonly without: Percentiles;
  readonly with: Percentiles;
  readonly lost: number;
  /** The p99 with the burst, relative to without. */
  readonly p99Ratio: number;
  /** Resident: before the burst, at most, and 30 s after everything has arrived. */
  readonly dispatcherMegabytes: { readonly before: number; readonly peak: number; readonly after: number };
}

/**
 * 200 events a second to 20 endpoints: how much slower they get when another tenant, whose endpoint is fast, publishes 100,000 events (`--events`)
 * at once.
 */
export async function burst(installation: Installation, { seconds: given, events }: Options): Promise<BurstLine> {
  const seconds = given ?? SECONDS;
  const { stack, services, receiver } = installation;
  await installation.endpoint(BURSTING, receiver.url, { limits: { concurrency: 64 } });
  const load = new Load(stack.brokers, services.topicPrefix, () => BURSTING);
  await load.connect();
  const neighbours = await Neighbours.start(installation, NEIGHBOURS, FIRST.burst);
  const arrived = async (): Promise<number> => (await receiver.arrivals()).n.filter((n) => n >= FIRST.burst + BURST_FROM).length;

  await neighbours.run(WARM_UP_SECONDS);
  const without = await neighbours.run(seconds);
  const pid = services.services.dispatcher?.pid ?? 0;
  await forgetPeak(pid);
  const before = (await megabytesOf(pid)).now;
  const running = neighbours.run(seconds);
  const startedAt = Date.now();
  for (let sent = 0; sent < events; sent += CHUNK) await load.publish(FIRST.burst + BURST_FROM + sent, Math.min(CHUNK, events - sent));
  const withIt = await running;
  await reached(`arrived of ${events}`, arrived, (value) => value >= events);
  const burstSeconds = Math.round((Math.max(...(await lastOf(receiver))) - startedAt) / 1_000);
  const { peak } = await megabytesOf(pid);
  await Promise.all([neighbours.disconnect(), load.disconnect(), delay(REST_SECONDS * 1_000)]);
  const dispatcherMegabytes = { before, peak, after: (await megabytesOf(pid)).now };
  const [alone, beside] = [percentilesOf(without.latencies), percentilesOf(withIt.latencies)];
  return { bench: 'burst', seconds, events, burstSeconds, without: alone, with: beside, lost: withIt.lost, p99Ratio: Math.round((beside.p99 / alone.p99) * 100) / 100, dispatcherMegabytes };
}

/** Numbers of `burst` from here on are the burst's own. */
const BURST_FROM = 500_000;

/** When the last event of the burst arrived, epoch milliseconds. */
async function lastOf(receiver: Installation['receiver']): Promise<number[]> {
  const { n, at } = await receiver.arrivals();
  return [n.reduce((last, number, i) => (number >= FIRST.burst + BURST_FROM ? Math.max(last, at[i] ?? 0) : last), 0)];
}
