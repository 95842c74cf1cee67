import { setTimeout as delay } from 'node:timers/promises';
import type { Services } from '@nuncio/embedded';
import type { Fleet } from '../fleet/fleet.js';
import type { Cast } from './cast.js';
import type { Disturbance } from './history.js';
import type { Planned, Server } from './schedule.js';
import type { Servers } from './servers.js';

const SERVICES = ['config-service', 'token-service', 'dispatcher', 'attempt-log', 'gateway'];
const UP_WITHIN_MS = 60_000;
const START_AGAIN_MS = 500;
/**
 * After its return a broker has forgotten its groups' members, or misses those whose session (10 s) has expired. What they could not commit is read
 * again.
 */
const REGROUPING_MS = 15_000;

/** What the faults are applied to: an installation of its own, and its servers if they may be broken. */
export interface Stage {
  readonly fleet: Fleet;
  /** Started with `restart: false`. */
  readonly services: Services;
  readonly servers: Servers | null;
}

/** Carries out faults, reverses them, and reports those that are disturbances. */
export class Stagehand {
  /** The faults that were carried out. */
  readonly committed: Planned[] = [];

  constructor(
    private readonly stage: Stage,
    private readonly cast: Cast,
    private readonly tell: (disturbance: Disturbance) => void,
  ) {}

  /**
   * Carries out the faults at their times, or once the one before has ended: one fault of services and servers at a time, and one of receivers. A
   * fault that could not begin within `seconds` is left out. Resolves when the last one has ended and every service is up.
   */
  async play(faults: readonly Planned[], seconds: number): Promise<void> {
    const begun = Date.now();
    const tracks = Map.groupBy(faults, ({ target }) => this.cast.moody.includes(target)).values();
    const playing = [...tracks].map(async (track) => {
      for (const fault of track) {
        await delay(Math.max(0, begun + fault.atMs - Date.now()));
        if (Date.now() > begun + seconds * 1_000) return;
        this.committed.push(fault);
        await this.#commit(fault);
      }
    });
    await Promise.all(playing);
    await Promise.all(SERVICES.map((name) => this.#up(name)));
  }

  async #commit(planned: Planned): Promise<void> {
    const { fault, target, forMs } = planned;
    if (fault === 'slow' || fault === 'failing' || fault === 'hanging') {
      this.cast.actor(target).feel(fault);
      await delay(forMs);
      this.cast.actor(target).feel(null);
      return;
    }
    const { services, servers } = this.stage;
    if ('brokers' in planned)
      return this.#during(`${planned.fault} broker ${planned.brokers.join(' and ')}`, () => ours(servers).brokers[planned.fault](forMs, planned.brokers), REGROUPING_MS);
    if (target === 'brokers') return ours(servers).brokers.restart();
    if (isServer(target))
      return this.#during(`${fault} ${target}`, () => ours(servers)[fault === 'kill' ? 'kill' : 'freeze'](target, forMs), target === 'Kafka' ? REGROUPING_MS : 0);
    await this.#up(target);
    switch (fault) {
      case 'kill':
        return this.#during(`kill ${target}`, async () => {
          await services.kill(target);
          await delay(forMs);
          await this.#up(target);
        });
      case 'freeze':
        return this.#during(`freeze ${target}`, () => this.#freeze(services.services[target]?.pid, forMs));
      case 'restart':
        await services.kill(target, 'SIGTERM');
        await this.#up(target);
        return;
      case 'scale': {
        const name = await services.add('dispatcher');
        await delay(forMs);
        await services.kill(name, 'SIGTERM');
        return;
      }
      case 'crowd': {
        const name = await services.add('dispatcher');
        await delay(forMs);
        await this.#during(`kill ${name}`, () => services.kill(name));
      }
    }
  }

  /** Acts as a supervisor: starts a service until it stays up, since it may exit while a server is away. */
  async #up(service: string): Promise<void> {
    const { services } = this.stage;
    for (const deadline = Date.now() + UP_WITHIN_MS; ;) {
      try {
        await services.ready(service);
        return;
      } catch {
        await services.start(service).catch(async (error: unknown) => {
          if (Date.now() > deadline) throw error;
          await delay(START_AGAIN_MS);
        });
      }
    }
  }

  async #freeze(pid: number | undefined, forMs: number): Promise<void> {
    if (!pid) throw new Error('there is no process to freeze');
    process.kill(pid, 'SIGSTOP');
    await delay(forMs);
    process.kill(pid, 'SIGCONT');
  }

  async #during(what: string, happen: () => Promise<void>, aftermathMs = 0): Promise<void> {
    const from = Date.now();
    await happen();
    this.tell({ what, from, to: Date.now() + aftermathMs });
  }
}

const isServer = (target: string): target is Server => target === 'Kafka' || target === 'Redis' || target === 'PostgreSQL';

function ours(servers: Servers | null): Servers {
  if (!servers) throw new Error('the servers are not ours to break');
  return servers;
}
