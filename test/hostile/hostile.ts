import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { percentilesOf } from '../bench/measurement.js';
import type { Fleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';
import type { Done, Keys } from './attacker.js';
import { WellBehaved, type Observed } from './well-behaved.js';

const ATTACKER = new URL('../dist/hostile/attacker.main.js', import.meta.url.replace('/test/dist/', '/test/'));

/** Milliseconds. */
export interface Figures {
  readonly deliveriesP99: number;
  readonly apiP95: number;
  /** p95. */
  readonly inForce: number;
}

export interface Compared {
  readonly seconds: number;
  readonly alone: Figures;
  readonly beside: Figures;
  /** The figures beside the hostile tenant, relative to those alone. */
  readonly ratios: Figures;
  /** Events of the well-behaved tenant, in all. */
  readonly delivered: number;
  readonly lost: number;
  /** Calls of the well-behaved tenant that did not succeed. */
  readonly failures: readonly string[];
  /** Services that were not ready, when asked once a second. */
  readonly unready: readonly string[];
  readonly done: Done;
}

/** Observes a well-behaved tenant for `seconds` alone, and as long beside a hostile one. `ports`: those of the services. */
export async function besideHostile(fleet: Fleet, ports: Readonly<Record<string, number>>, seconds: number): Promise<Compared> {
  const wellBehaved = await WellBehaved.start(fleet);
  const attacker = await startAttacker(fleet);
  try {
    await wellBehaved.observe(Math.ceil(seconds / WARM_UP_PART));
    const alone = await wellBehaved.observe(seconds);
    attacker.send('begin');
    const watch = watchHealth(ports);
    const beside = await wellBehaved.observe(seconds);
    const unready = await watch.end();
    const answer = once(attacker, 'message');
    attacker.send('stop');
    const [done] = (await answer) as [Done];
    return { ...compared(alone, beside), seconds, unready, done };
  } finally {
    attacker.kill();
    await wellBehaved.close();
  }
}

const WARM_UP_PART = 6;

async function startAttacker(fleet: Fleet): Promise<ChildProcess> {
  const tenant = await Tenant.create(fleet);
  const keyOf = async (role: string): Promise<string> => (await fleet.api.post<{ key: string }>('/v1/api-keys', { name: role, role, tenant: tenant.id })).key;
  const keys: Keys = { tenant: tenant.id, consumer: await keyOf('consumer'), publisher: await keyOf('publisher'), eventType: tenant.eventType };
  const attacker = fork(ATTACKER, [fleet.api.url, JSON.stringify(keys)]);
  await Promise.race([once(attacker, 'message'), once(attacker, 'exit').then(() => Promise.reject(new Error('the attacker could not prepare itself')))]);
  return attacker;
}

function compared(alone: Observed, beside: Observed): Omit<Compared, 'seconds' | 'unready' | 'done'> {
  const [before, after] = [figuresOf(alone), figuresOf(beside)];
  const ratio = (name: keyof Figures): number => Math.round((after[name] / before[name]) * 100) / 100;
  return {
    alone: before,
    beside: after,
    ratios: { deliveriesP99: ratio('deliveriesP99'), apiP95: ratio('apiP95'), inForce: ratio('inForce') },
    delivered: alone.deliveries.length + beside.deliveries.length,
    lost: alone.lost + beside.lost,
    failures: [...alone.failures, ...beside.failures],
  };
}

const figuresOf = ({ deliveries, calls, inForce }: Observed): Figures => ({
  deliveriesP99: Math.round(percentilesOf(deliveries).p99),
  apiP95: Math.round(percentilesOf(calls).p95),
  inForce: Math.round(percentilesOf(inForce).p95),
});

function watchHealth(ports: Readonly<Record<string, number>>): { end: () => Promise<string[]> } {
  const unready: string[] = [];
  const looks: Promise<void>[] = [];
  const timer = setInterval(() => {
    for (const [name, port] of Object.entries(ports))
      looks.push(
        fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(READY_WITHIN_MS) }).then(
          async (answer) => {
            if (!answer.ok) unready.push(`${name}: ${answer.status} ${await answer.text()}`);
          },
          (error: unknown) => void unready.push(`${name}: ${String(error)}`),
        ),
      );
  }, 1_000);
  return {
    end: async () => {
      clearInterval(timer);
      await Promise.all(looks);
      return unready;
    },
  };
}

const READY_WITHIN_MS = 10_000;
