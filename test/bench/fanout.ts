import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { TENANT, type Installation } from './installation.js';
import { FIRST, Load } from './load.js';
import { forgetPeak, megabytesOf } from './memory.js';
import { latenciesOf, percentilesOf, reached, type Percentiles } from './measurement.js';
import { copySubscription } from './subscription-copies.js';

const MATCHING_COST = fileURLToPath(new URL('../../../apps/dispatcher/dist/routing/matching-cost.js', import.meta.url));
const SUBSCRIPTIONS = 10_000;
const PROBES_PER_SECOND = 100;
const PROBE_SECONDS = 10;
const WIDE_EVENT = FIRST.fanout + 900_000;

interface FanoutLine {
  readonly bench: 'fanout';
  readonly subscriptions: number;
  readonly deliveries: number;
  /** From the wide event's append to its last delivery. */
  readonly lastReceivedMs: number;
  /** Another tenant's events, from published to received, before and during the wide event. */
  readonly othersBefore: Percentiles;
  readonly othersDuring: Percentiles;
  readonly dispatcherMegabytes: { readonly before: number; readonly peak: number };
  readonly memoryRatio: number;
  readonly matching: readonly { readonly subscriptions: number; readonly nanoseconds: number; readonly megabytes: number }[];
  /** The cost of matching with the most subscriptions, relative to the fewest. */
  readonly matchingRatio: number;
}

/**
 * Publishes one event with 10,000 subscriptions while another tenant goes on publishing. Also measures the cost of matching with 10
 * and with 100,000 subscriptions.
 */
export async function fanout(installation: Installation): Promise<FanoutLine> {
  const { stack, services, receiver } = installation;
  await installation.endpoint('fanout-other', receiver.url);
  await copySubscription(stack.brokers, services.topicPrefix, TENANT, SUBSCRIPTIONS, () => 'fanout');
  const load = new Load(stack.brokers, services.topicPrefix, (n) => (n === WIDE_EVENT ? 'fanout' : 'fanout-other'));
  await load.connect();
  const pid = services.services.dispatcher?.pid ?? 0;

  let next: number = FIRST.fanout;
  const probe = async (): Promise<number[]> => {
    const from = next;
    next += PROBES_PER_SECOND * PROBE_SECONDS;
    await load.publishSteadily(from, PROBES_PER_SECOND, PROBE_SECONDS);
    const latencies = async (): Promise<number[]> => latenciesOf(await receiver.arrivals(), load, (n) => n >= from && n < next);
    await reached('probes arrived', async () => (await latencies()).length, (count) => count >= next - from);
    return latencies();
  };
  const wide = async (): Promise<number[]> => {
    const { n, at } = await receiver.arrivals();
    return at.filter((_, i) => n[i] === WIDE_EVENT);
  };

  await receiver.forget();
  await probe(); // warms up
  const othersBefore = percentilesOf(await probe());
  await forgetPeak(pid);
  const before = (await megabytesOf(pid)).now;
  const others = probe();
  await load.publish(WIDE_EVENT, 1);
  const othersDuring = percentilesOf(await others);
  await reached(`deliveries of ${SUBSCRIPTIONS}`, async () => (await wide()).length, (count) => count >= SUBSCRIPTIONS);
  const arrivals = await wide();
  const { peak } = await megabytesOf(pid);
  await load.disconnect();
  const matching = JSON.parse((await promisify(execFile)(process.execPath, [MATCHING_COST])).stdout) as FanoutLine['matching'];
  return {
    bench: 'fanout',
    subscriptions: SUBSCRIPTIONS,
    deliveries: arrivals.length,
    lastReceivedMs: Math.max(...arrivals) - (load.acceptedAt[WIDE_EVENT] ?? NaN),
    othersBefore,
    othersDuring,
    dispatcherMegabytes: { before, peak },
    memoryRatio: Math.round((peak / before) * 100) / 100,
    matching,
    matchingRatio: Math.round(((matching.at(-1)?.nanoseconds ?? NaN) / (matching[0]?.nanoseconds ?? NaN)) * 100) / 100,
  };
}
