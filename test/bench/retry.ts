import { Cluster } from '../fleet/kafka.js';
import type { Installation } from './installation.js';
import { FIRST, Load } from './load.js';
import { percentilesOf, reached, type Percentiles } from './measurement.js';

const RETRIES = 10_000;
const WITHIN_SECONDS = 60;
/** Long enough to pass through several tiers. */
const DELAY_SECONDS = 30;

interface RetryLine {
  readonly bench: 'retry';
  readonly retries: number;
  /** The seconds within which they were due. */
  readonly seconds: number;
  readonly lost: number;
  readonly early: number;
  /** From when a retry was due, by the fact of the attempt before it, to its arrival. */
  readonly latenessMs: Percentiles & { readonly max: number };
}

/** Makes 10,000 first attempts fail within a minute, so that as many retries are due within another minute. */
export async function retry(installation: Installation): Promise<RetryLine> {
  const { stack, services, receiver } = installation;
  await installation.endpoint('retry', receiver.flakyUrl, { retry: { delaysSeconds: [DELAY_SECONDS], jitter: 0 } });
  const load = new Load(stack.brokers, services.topicPrefix, () => 'retry');
  await load.connect();
  await receiver.forget();
  await load.publishSteadily(FIRST.retry, Math.ceil(RETRIES / WITHIN_SECONDS), WITHIN_SECONDS);
  const published = load.acceptedAt.filter((_, n) => n >= FIRST.retry).length;
  await reached(`arrived of ${2 * published}`, () => receiver.count(), (count) => count >= 2 * published);
  await load.disconnect();

  const due = await dueTimes(new Cluster(stack.brokers, services.topicPrefix));
  const { n, at } = await receiver.arrivals();
  const lateness = [...lastOf(n, at)].map(([number, arrived]) => arrived - (due.get(number) ?? NaN));
  return {
    bench: 'retry',
    retries: lateness.length,
    seconds: WITHIN_SECONDS,
    lost: published - lateness.length,
    early: lateness.filter((ms) => !(ms >= 0)).length,
    latenessMs: { ...percentilesOf(lateness), max: Math.max(...lateness) },
  };
}

/** When the retry of each number is due, by the fact of its first attempt; epoch milliseconds. */
async function dueTimes(cluster: Cluster): Promise<Map<number, number>> {
  const facts = (await cluster.read('attempts')).map(({ value }) => JSON.parse(String(value)) as { ceId?: string; next?: { notBefore?: number } });
  return new Map(facts.flatMap(({ ceId, next }) => (next?.notBefore === undefined ? [] : [[Number(ceId), next.notBefore] as const])));
}

/** When each number arrived for the second time; epoch milliseconds. */
function lastOf(n: readonly number[], at: readonly number[]): Map<number, number> {
  const first = new Set<number>();
  const second = new Map<number, number>();
  for (const [i, number] of n.entries()) {
    if (first.has(number)) second.set(number, at[i] ?? NaN);
    first.add(number);
  }
  return second;
}
