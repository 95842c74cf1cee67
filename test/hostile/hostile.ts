import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpuSeconds } from '../bench/cpu.js';
import { percentilesOf } from '../bench/measurement.js';
import type { Fleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';
import type { Done, Keys, Order } from './attacker.js';
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

type Processes = Readonly<Record<string, { readonly pid: number; readonly port: number }>>;

/** Observes a well-behaved tenant for `seconds` alone, and as long beside a hostile one. */
export async function besideHostile(fleet: Fleet, services: Processes, seconds: number): Promise<Compared> {
  const stage = await Stage.open(fleet);
  try {
    await stage.wellBehaved.observe(Math.ceil(seconds / WARM_UP_PART));
    const alone = await stage.wellBehaved.observe(seconds);
    const watch = watchHealth(services);
    const { observed, done } = await stage.during(seconds);
    return { ...compared(alone, observed), seconds, unready: await watch.end(), done };
  } finally {
    await stage.close();
  }
}

/** What one misdeed does by itself. */
export interface Alone extends Figures {
  readonly misdeed: string;
  /** Milliseconds of CPU that each second of it costs each service and server, beyond what the well-behaved tenant costs them. */
  readonly cpu: Readonly<Record<string, number>>;
  readonly done: Done;
}

/** Each misdeed by itself for `seconds`, after as long without any: the first line. `processes`: services and servers. */
export async function* eachAlone(fleet: Fleet, processes: Readonly<Record<string, { readonly pid: number }>>, seconds: number): AsyncGenerator<Alone> {
  const stage = await Stage.open(fleet);
  try {
    const { wellBehaved } = stage;
    const measured = async <T>(work: () => Promise<T>): Promise<{ result: T; cpu: Record<string, number> }> => {
      const before = await cpuSeconds(processes);
      const result = await work();
      const after = await cpuSeconds(processes);
      return { result, cpu: Object.fromEntries(Object.keys(processes).map((name) => [name, (((after[name] ?? 0) - (before[name] ?? 0)) * 1_000) / seconds])) };
    };
    await wellBehaved.observe(seconds);
    const alone = await measured(() => wellBehaved.observe(seconds));
    yield { misdeed: 'none', ...figuresOf(alone.result), cpu: rounded(alone.cpu, {}), done: {} };
    for (const misdeed of stage.misdeeds) {
      const { result, cpu } = await measured(() => stage.during(seconds, misdeed));
      yield { misdeed, ...figuresOf(result.observed), cpu: rounded(cpu, alone.cpu), done: result.done };
      // What it has left behind is worked off.
      await wellBehaved.observe(SETTLE_SECONDS);
    }
  } finally {
    await stage.close();
  }
}

const rounded = (cpu: Readonly<Record<string, number>>, without: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(cpu).map(([name, milliseconds]) => [name, Math.round(milliseconds - (without[name] ?? 0))]));

const WARM_UP_PART = 6;
const SETTLE_SECONDS = 5;

/** Both tenants, in place. */
class Stage {
  private constructor(
    readonly wellBehaved: WellBehaved,
    private readonly attacker: ChildProcess,
    /** Their names. */
    readonly misdeeds: readonly string[],
  ) {}

  static async open(fleet: Fleet): Promise<Stage> {
    const { attacker, misdeeds } = await startAttacker(fleet);
    return new Stage(await WellBehaved.start(fleet), attacker, misdeeds);
  }

  /** What the well-behaved one sees meanwhile. `only`: of this misdeed; default: of all at once. */
  async during(seconds: number, only?: string): Promise<{ observed: Observed; done: Done }> {
    const order = (order: Order): boolean => this.attacker.send(order);
    order({ do: 'begin', ...(only !== undefined && { only }) });
    const observed = await this.wellBehaved.observe(seconds);
    const answer = once(this.attacker, 'message');
    order({ do: 'stop' });
    const [done] = (await answer) as [Done];
    return { observed, done };
  }

  async close(): Promise<void> {
    this.attacker.kill();
    await this.wellBehaved.close();
  }
}

async function startAttacker(fleet: Fleet): Promise<{ attacker: ChildProcess; misdeeds: readonly string[] }> {
  const tenant = await Tenant.create(fleet);
  const keyOf = async (role: string): Promise<string> => (await fleet.api.post<{ key: string }>('/v1/api-keys', { name: role, role, tenant: tenant.id })).key;
  const keys: Keys = { tenant: tenant.id, consumer: await keyOf('consumer'), publisher: await keyOf('publisher'), eventType: tenant.eventType };
  const attacker = fork(ATTACKER, [fleet.api.url, JSON.stringify(keys)]);
  const prepared = once(attacker, 'message') as Promise<[string[]]>;
  const [misdeeds] = await Promise.race([prepared, once(attacker, 'exit').then(() => Promise.reject(new Error('the attacker could not prepare itself')))]);
  return { attacker, misdeeds };
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

function watchHealth(services: Processes): { end: () => Promise<string[]> } {
  const unready: string[] = [];
  const looks: Promise<void>[] = [];
  const timer = setInterval(() => {
    for (const [name, { port }] of Object.entries(services))
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

const READY_WITHIN_MS = 60_000;
