/** A tenant's share of all places, so that one is always left for somebody else. */
const SHARE = 0.5;
/** A handshake that lasts longer than this waits for the network, not for a processor: it goes on without a place. */
const SLOW_MS = 3_000;

/** A handshake's turn. */
export interface Turn {
  /** Fulfilled when there is a place for it. */
  readonly granted: Promise<unknown>;
  /** The handshake is over, or nobody wants it any more. May be said twice. */
  leave(): void;
}

interface Waiting {
  readonly tenant: string;
  grant(): void;
}

/**
 * Places for TLS handshakes in progress. A handshake costs milliseconds of processor here and there; of a thousand that begin at once none is over in time, while one after
 * another all are. Tenants that wait take turns, whatever the length of their queues.
 */
export class Handshakes {
  #taken = 0;
  readonly #takenBy = new Map<string, number>();
  /** By tenant, the one whose turn is next first. */
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

  /** Takes a place; returns how it is given back. */
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
      // To the end of the queue of tenants, which this loop then comes to.
      this.#queues.delete(tenant);
      if (!first) continue;
      queue.delete(first);
      if (queue.size > 0) this.#queues.set(tenant, queue);
      first.grant();
    }
  }
}
