import { TENANT, type Installation } from './installation.js';
import { megabytesOf } from './memory.js';
import { copySubscription } from './subscription-copies.js';

const SUBSCRIPTIONS = 100_000;
const PER_TENANT = 10;

interface SubscriptionsLine {
  readonly bench: 'subscriptions';
  readonly subscriptions: number;
  /** From the start of the process until it is ready, with few subscriptions and with all. */
  readonly startSeconds: { readonly few: number; readonly all: number };
  /** Resident memory when it is ready, and the peak until then. */
  readonly megabytes: { readonly few: number; readonly all: number; readonly peak: number };
  /** The time that loading all of them adds. */
  readonly loadSeconds: number;
}

/** What 100,000 subscriptions cost a dispatcher that starts. */
export async function subscriptions({ stack, services }: Installation): Promise<SubscriptionsLine> {
  const restart = async (): Promise<{ seconds: number; now: number; peak: number }> => {
    await services.kill('dispatcher', 'SIGTERM');
    const start = performance.now();
    await services.start('dispatcher');
    const seconds = Math.round((performance.now() - start) / 10) / 100;
    return { seconds, ...(await megabytesOf(services.services.dispatcher?.pid ?? 0)) };
  };
  const few = await restart();
  await copySubscription(stack.brokers, services.topicPrefix, TENANT, SUBSCRIPTIONS, (n) => `many-${Math.floor(n / PER_TENANT)}`);
  const all = await restart();
  return {
    bench: 'subscriptions',
    subscriptions: SUBSCRIPTIONS,
    startSeconds: { few: few.seconds, all: all.seconds },
    megabytes: { few: few.now, all: all.now, peak: all.peak },
    loadSeconds: Math.round((all.seconds - few.seconds) * 100) / 100,
  };
}
