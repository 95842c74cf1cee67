/** A tenant's share of all slots, so that one is always left for others. */
const SHARE = 0.5;
/** A handshake that takes longer waits for the network, not for a processor, so it gives up its slot and goes on. */
const SLOW_MS = 3_000;

/** The turn of one handshake. */
export interface Turn {
  /** Resolves when there is a slot for it. */
  readonly granted: Promise<unknown>;
  /** Ends the turn: the handshake is over, or no longer wanted. May be called twice. */
  leave(): void;
}

interface Waiting {
  readonly tenant: string;
  grant(): void;
}

/**
 * Slots for TLS handshakes in progress. A handshake costs milliseconds of CPU on both sides. If a thousand begin at once, none ends in time; one
 * after another, all do. Tenants take turns, whatever the length of their queues.
 */
export class Handshakes {
  #taken = 0;
  readonly #takenBy = new Map<string, number>();
  /** By tenant; the tenant whose turn is next comes first. */
  readonly #queues = new Map<string, Set<Waiting>>();
  readonly #share: number;

  constructor(private readonly places: number) {
    this.#share = Math.ceil(places * SHARE);
  }

  get waiting(): number {
    let waiting = 0;
    for (const queue of this.#queues.values()) waiting += queue.size;
    return waiting;
  }

  enter(tenant: string): Turn {
    let leave = (): void => {
      this.#queues.get(tenant)?.delete(waiting);
    };
    const { promise: granted, resolve } = Promise.withResolvers<undefined>();
    const waiting: Waiting = {
      tenant,
      grant: () => {
        leave = this.#place(tenant);
        resolve(undefined);
      },
    };
    const queue = this.#queues.get(tenant) ?? new Set();
    this.#queues.set(tenant, queue.add(waiting));
    this.#serve();
    return {
      granted,
      leave: () => {
        leave();
      },
    };
  }

  /** Takes a slot. Returns the function that releases it. */
  #place(tenant: string): () => void {
    this.#taken++;
    this.#takenBy.set(tenant, (this.#takenBy.get(tenant) ?? 0) + 1);
    let held = true;
    const leave = (): void => {
      if (!held) return;
      held = false;
      clearTimeout(timer);
      this.#taken--;
      const left = (this.#takenBy.get(tenant) ?? 1) - 1;
      if (left === 0) this.#takenBy.delete(tenant);
      else this.#takenBy.set(tenant, left);
      this.#serve();
    };
    const timer = setTimeout(leave, SLOW_MS).unref();
    return leave;
  }

  #serve(): void {
    for (const [tenant, queue] of this.#queues) {
      if (this.#taken >= this.places) return;
      const [first] = queue;
      if (first && (this.#takenBy.get(tenant) ?? 0) >= this.#share) continue;
      // The tenant goes to the end of the queue, which this loop reaches later.
      this.#queues.delete(tenant);
      if (!first) continue;
      queue.delete(first);
      if (queue.size > 0) this.#queues.set(tenant, queue);
      first.grant();
    }
  }
}
