import { always, Receiver } from '@nuncio/fixtures';
import type { Installation } from './installation.js';
import { FIRST, Load } from './load.js';
import { latenciesOf, percentilesOf, reached, type Percentiles } from './measurement.js';
import type { Options } from './options.js';

const ENDPOINTS = 100;
const PER_SECOND = 200;
const SECONDS = 120;
const WARM_UP_SECONDS = 5;

interface NeighbourLine {
  readonly bench: 'neighbour';
  readonly seconds: number;
  /** The hanging endpoint's part of the traffic. */
  readonly share: number;
  /** Of the other 99, published → received. */
  readonly without: Percentiles;
  readonly with: Percentiles;
  readonly lost: number;
  /** With to without. */
  readonly p95Ratio: number;
  readonly throughputRatio: number;
}

/** 200 events a second over 100 endpoints: what the other 99 notice when one of them hangs. */
export async function neighbour(installation: Installation, { seconds: given, share }: Options): Promise<NeighbourLine> {
  const seconds = given ?? SECONDS;
  const { stack, services, receiver, api } = installation;
  const hanging = await Receiver.start(always('hang'));
  const callbacks: string[] = [];
  for (let i = 0; i < ENDPOINTS; i++) callbacks.push(await installation.endpoint(`neighbour-${i}`, receiver.url));
  const isBad = (n: number): boolean => Math.floor((n + 1) * share) > Math.floor(n * share);
  const load = new Load(stack.brokers, services.topicPrefix, (n) => `neighbour-${isBad(n) ? 0 : 1 + (n % (ENDPOINTS - 1))}`);
  await load.connect();

  let first: number = FIRST.neighbour;
  const run = async (runSeconds: number): Promise<{ latencies: number[]; perSecond: number; lost: number }> => {
    await receiver.forget();
    const from = first;
    first += PER_SECOND * runSeconds;
    await load.publishSteadily(from, PER_SECOND, runSeconds);
    const good = Array.from({ length: first - from }, (_, i) => from + i).filter((n) => !isBad(n));
    const counts = (n: number): boolean => n >= from && !isBad(n);
    const latencies = async (): Promise<number[]> => latenciesOf(await receiver.arrivals(), load, counts);
    await reached(`arrived of ${good.length}`, async () => (await latencies()).length, (value) => value >= good.length);
    const arrivals = await receiver.arrivals();
    const at = arrivals.at.filter((_, i) => counts(arrivals.n[i] ?? 0));
    const all = await latencies();
    return { latencies: all, perSecond: (all.length * 1_000) / ((at.at(-1) ?? 0) - (at[0] ?? 0)), lost: good.length - all.length };
  };

  await run(WARM_UP_SECONDS);
  const without = await run(seconds);
  await api.patch(`/v1/callbacks/${callbacks[0] ?? ''}`, { url: hanging.url });
  const withIt = await run(seconds);
  await api.patch(`/v1/callbacks/${callbacks[0] ?? ''}`, { enabled: false });
  await load.disconnect();
  await hanging.close();
  const [before, after] = [percentilesOf(without.latencies), percentilesOf(withIt.latencies)];
  return {
    bench: 'neighbour',
    seconds,
    share,
    without: before,
    with: after,
    lost: withIt.lost,
    p95Ratio: Math.round((after.p95 / before.p95) * 100) / 100,
    throughputRatio: Math.round((withIt.perSecond / without.perSecond) * 1_000) / 1_000,
  };
}
