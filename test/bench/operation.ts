import type { Installation } from './installation.js';
import { FIRST, Load } from './load.js';
import { latenciesOf, percentilesOf, reached, type Percentiles } from './measurement.js';
import type { Options } from './options.js';

const PER_SECOND = 100;
/** The callback's rate limit. An operation uses half of it by default. */
const LIMIT = 400;
const SECONDS = 30;
const WARM_UP_SECONDS = 5;

interface OperationLine {
  readonly bench: 'operation';
  readonly seconds: number;
  /** Latencies of new events to the callback, from published to received. */
  readonly without: Percentiles;
  readonly with: Percentiles;
  readonly lost: number;
  readonly p95Ratio: number;
  /** How many deliveries the operation sent meanwhile, and its rate limit. */
  readonly operation: { readonly perSecond: number; readonly sent: number };
}

/**
 * 100 new events a second to a callback that takes 400: how much slower they get while everything it ever had is replayed at the default rate.
 */
export async function operation(installation: Installation, { seconds: given }: Options): Promise<OperationLine> {
  const seconds = given ?? SECONDS;
  const { stack, services, receiver, api } = installation;
  const callback = await installation.endpoint('operation', receiver.url, { limits: { perSecond: LIMIT } });
  const load = new Load(stack.brokers, services.topicPrefix, () => 'operation');
  await load.connect();

  let first: number = FIRST.operation;
  const run = async (runSeconds: number): Promise<number[]> => {
    await receiver.forget();
    const [from, count] = [first, PER_SECOND * runSeconds];
    first += count;
    await load.publishSteadily(from, PER_SECOND, runSeconds);
    const latencies = async (): Promise<number[]> => latenciesOf(await receiver.arrivals(), load, (n) => n >= from);
    await reached(`arrived of ${count}`, async () => (await latencies()).length, (value) => value >= count);
    return latencies();
  };

  await run(WARM_UP_SECONDS);
  // Twice as long, so that there is enough to replay: the operation is twice as fast as the new events.
  const without = await run(2 * seconds);
  await reached('attempts not in the log', () => load.logLag(), (lag) => lag === 0);
  const { operation: id } = await api.post<{ operation: string }>('/v1/replays', { select: { callback: [callback] } });
  const withIt = await run(seconds);
  const { perSecond, sent } = await api.get<{ perSecond: number; sent: number }>(`/v1/operations/${id}`);
  await api.call('POST', `/v1/operations/${id}/cancel`);
  await load.disconnect();
  const [before, after] = [percentilesOf(without), percentilesOf(withIt)];
  return {
    bench: 'operation',
    seconds,
    without: before,
    with: after,
    lost: PER_SECOND * seconds - withIt.length,
    p95Ratio: Math.round((after.p95 / before.p95) * 100) / 100,
    operation: { perSecond, sent },
  };
}
