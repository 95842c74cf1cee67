import { setTimeout as delay } from 'node:timers/promises';
import type { Services, StackAddresses } from '@nuncio/embedded';
import { Receiver } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import type { Fleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

/** An installation that may be broken. Its services are started with `restart: false`. */
export interface Site {
  readonly fleet: Fleet;
  readonly services: Services;
  readonly stack: StackAddresses;
}

/** The result of a drill, which throws if a promise of the runbook is broken. */
export interface Drilled {
  readonly drill: string;
  /** From the disaster until everything was as the runbook says. */
  readonly seconds: number;
  /** The part of it that the runbook's commands took; 0 = there are none. */
  readonly commandSeconds: number;
  /** Events published meanwhile, those that arrived twice, and how long the slowest took after it was offered to Kafka. */
  readonly published: number;
  readonly repeated: number;
  readonly slowestSeconds: number;
  /** What is lost for good. */
  readonly lost: string;
}

const UP_WITHIN_MS = 60_000;
const EVERY_MS = 100;

export const insist = (holds: boolean, promise: string): void => {
  if (!holds) throw new Error(`not so: ${promise}`);
};

/** An orderly restart, as `kubectl rollout restart` does, one process at a time. */
export async function restart(services: Services, name: string): Promise<void> {
  await services.kill(name, 'SIGTERM');
  await up(services, name);
}

/** Acts as a supervisor: starts the service until it stays up. */
export async function up(services: Services, name: string): Promise<void> {
  for (const deadline = Date.now() + UP_WITHIN_MS; ; ) {
    try {
      await services.start(name);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(500);
    }
  }
}

/** Publishes ten events a second to one receiver by Kafka while something happens. */
export class Flow {
  /** When each accepted event was offered, epoch milliseconds. */
  readonly #accepted = new Map<number, number>();
  readonly #ending = new AbortController();
  readonly #publishing: Promise<void>;

  private constructor(
    readonly tenant: Tenant,
    readonly receiver: Receiver,
    readonly callback: string,
  ) {
    this.#publishing = this.#publish();
  }

  /** Resolves when the first ones have arrived. */
  static async begin(fleet: Fleet): Promise<Flow> {
    const receiver = await Receiver.start();
    const tenant = await Tenant.create(fleet);
    const { callback } = await tenant.subscribe(receiver, { retry: { delaysSeconds: [1, 2, 5, 5, 5, 5, 5], jitter: 0 } });
    const flow = new Flow(tenant, receiver, callback);
    await flow.goesOn();
    return flow;
  }

  /** Waits until a request arrives that was sent after this call. */
  async goesOn(): Promise<void> {
    const from = Date.now();
    await eventually(() => {
      insist(this.receiver.requests.some(({ at }) => at > from), 'deliveries go on');
    });
  }

  /** Stops publishing, and waits for all accepted events. */
  async end(): Promise<Pick<Drilled, 'published' | 'repeated' | 'slowestSeconds'>> {
    this.#ending.abort();
    await this.#publishing;
    await eventually(() => {
      const arrived = this.#arrived();
      const missing = [...this.#accepted.keys()].filter((n) => !arrived.has(n));
      insist(missing.length === 0, `every event that was accepted is delivered: ${missing.length} are missing`);
    });
    await this.receiver.close();
    const arrived = this.#arrived();
    const slowestMs = Math.max(...[...this.#accepted].map(([n, at]) => (arrived.get(n) ?? at) - at));
    return { published: this.#accepted.size, repeated: this.receiver.requests.length - arrived.size, slowestSeconds: slowestMs / 1_000 };
  }

  /** When each arrived first, epoch milliseconds. */
  #arrived(): Map<number, number> {
    return new Map(this.receiver.requests.toReversed().map(({ body, at }) => [(JSON.parse(body.toString()) as { n: number }).n, at]));
  }

  async #publish(): Promise<void> {
    const offers: Promise<unknown>[] = [];
    for (let n = 0; !this.#ending.signal.aborted; n++) {
      const at = Date.now();
      const offered = this.tenant.publish([{ payload: `{"n":${n}}` }]);
      offers.push(
        offered.then(
          () => this.#accepted.set(n, at),
          () => undefined,
        ),
      );
      await delay(EVERY_MS, undefined, { ref: false });
    }
    await Promise.all(offers);
  }
}

/** A receiver with a tenant of its own, and events for it. */
export class Customer {
  private constructor(
    private readonly fleet: Fleet,
    readonly tenant: Tenant,
    readonly receiver: Receiver,
    readonly callback: string,
    readonly subscription: string,
  ) {}

  static async of(fleet: Fleet, settings: object = {}): Promise<Customer> {
    const receiver = await Receiver.start();
    const tenant = await Tenant.create(fleet);
    const { callback, subscription } = await tenant.subscribe(receiver, settings);
    return new Customer(fleet, tenant, receiver, callback, subscription);
  }

  async move(name: 'block' | 'unblock'): Promise<void> {
    await this.fleet.api.post(`/v1/subscriptions/${this.subscription}/${name}`);
    await this.tenant.inForce();
  }

  /** Publishes the customer's first events, and waits until the log has all of them in this status. */
  async publish(count: number, status: string): Promise<void> {
    await this.tenant.publish(Array.from({ length: count }, () => ({ payload: '{}' })));
    await this.all(status, count);
  }

  /** Waits until the log has this many deliveries, all in this status. */
  async all(status: string, count: number): Promise<void> {
    await eventually(async () => {
      const deliveries = await this.tenant.deliveries();
      const of = deliveries.filter((one) => one.status === status).length;
      insist(of === count && deliveries.length === count, `${count} deliveries are ${status}: ${of} of ${deliveries.length} are`);
    });
  }

  /** The same customer in another installation. */
  in(fleet: Fleet): Customer {
    return new Customer(fleet, this.tenant.in(fleet), this.receiver, this.callback, this.subscription);
  }

  leave(): Promise<void> {
    return this.receiver.close();
  }
}
