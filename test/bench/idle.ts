import { setTimeout as delay } from 'node:timers/promises';
import { cpuSeconds, round } from './cpu.js';
import type { Installation } from './installation.js';
import type { Options } from './options.js';

const SECONDS = 30;
/** Time for what is left to do after the start. */
const SETTLE_MS = 10_000;

interface IdleLine {
  readonly bench: 'idle';
  /** Per cent of one core: all services and servers together, and each. */
  readonly percent: number;
  readonly each: Readonly<Record<string, number>>;
}

/** An installation without work, for 30 s (`--seconds`). */
export async function idle({ services, stack }: Installation, { seconds }: Options): Promise<IdleLine> {
  const lasting = seconds ?? SECONDS;
  const processes = { ...services.services, ...stack.servers };
  await delay(SETTLE_MS);
  const before = await cpuSeconds(processes);
  await delay(lasting * 1_000);
  const after = await cpuSeconds(processes);
  const each = Object.fromEntries(Object.entries(after).map(([name, used]) => [name, round((100 * (used - (before[name] ?? 0))) / lasting)]));
  return { bench: 'idle', percent: round(Object.values(each).reduce((sum, one) => sum + one, 0)), each };
}
