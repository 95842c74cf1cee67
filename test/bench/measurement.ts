import { setTimeout as delay } from 'node:timers/promises';
import type { Arrivals } from '@nuncio/fixtures';
import { cpuMicrosEach, cpuSeconds, round } from './cpu.js';
import type { Floor } from './floor/index.js';
import type { Installation } from './installation.js';
import type { Load } from './load.js';

const POLL_MS = 20;
const PATIENCE_MS = 300_000;

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/**
 * One line of the benchmark. Times in milliseconds, CPU in microseconds per delivery. `ratio`: the dispatcher's CPU relative to the bare loop's.
 */
export interface Line {
  readonly bench: string;
  readonly deliveries: number;
  readonly deliveriesPerSecond: number;
  readonly lost: number;
  readonly duplicates: number;
  /** By service and server. */
  readonly cpuMicros: Readonly<Record<string, number>>;
  /** All services and servers together, per 1,000 deliveries. */
  readonly cpuSecondsPerThousand: number;
  readonly acceptToReceivedMs: Percentiles;
  readonly floor: Floor;
  readonly ratio: number;
}

/** Measures from the first arrival until all `count` have arrived and the log has all their attempts. */
export async function measure(bench: string, count: number, floor: Floor, { services, stack, receiver }: Installation, load: Load): Promise<Line> {
  const arrived = (): Promise<number> => receiver.count();
  await reached('arrived', arrived, (value) => value > 0);
  const processes = { ...services.services, ...stack.servers };
  const before = await cpuSeconds(processes);
  const already = await receiver.count();
  await reached(`arrived of ${count}`, arrived, (value) => value >= count);
  await reached('attempts not in the log', () => load.logLag(), (lag) => lag === 0);
  const cpuMicros = cpuMicrosEach(before, await cpuSeconds(processes), count - already);

  const { n, at } = await receiver.arrivals();
  const latencies = latenciesOf({ n, at }, load);
  const seconds = ((at.at(-1) ?? 0) - (at[0] ?? 0)) / 1_000;
  return {
    bench,
    deliveries: latencies.length,
    deliveriesPerSecond: Math.round(latencies.length / seconds),
    lost: count - latencies.length,
    duplicates: n.length - latencies.length,
    cpuMicros,
    cpuSecondsPerThousand: Math.round(Object.values(cpuMicros).reduce((sum, micros) => sum + micros, 0)) / 1_000,
    acceptToReceivedMs: percentilesOf(latencies),
    floor: { ...floor, cpuMicros: round(floor.cpuMicros) },
    ratio: Math.round(((cpuMicros.dispatcher ?? NaN) / floor.cpuMicros) * 100) / 100,
  };
}

/** Milliseconds from Kafka's append to the first arrival, for each event that `counts`. */
export function latenciesOf({ n, at }: Arrivals, load: Load, counts: (n: number) => boolean = () => true): number[] {
  const first = new Map<number, number>();
  for (const [i, number] of n.entries()) if (counts(number) && !first.has(number)) first.set(number, at[i] ?? NaN);
  return [...first].map(([number, arrived]) => arrived - (load.acceptedAt[number] ?? NaN));
}

export function percentilesOf(latencies: readonly number[]): Percentiles {
  const sorted = latencies.toSorted((a, b) => a - b);
  const percentile = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? NaN;
  return { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) };
}

/** Waits until `goal` holds. Throws with the value reached if that takes too long. */
export async function reached(what: string, read: () => Promise<number>, goal: (value: number) => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const value = await read();
    if (goal(value)) return;
    if (Date.now() > deadline) throw new Error(`${what}: ${value} after ${PATIENCE_MS / 60_000} minutes`);
    await delay(POLL_MS);
  }
}
