/**
 * So many records are read, or deliveries of a wide event started, in one round of the event loop, which takes some two milliseconds. With 64, others waited almost twice as
 * long, and a delivery cost more; with 8, batches were too small for Redis.
 */
export const DELIVERIES_A_TURN = 16;

/** The starters that take turns: new events, the subscriptions of a wide event, and everything that comes back. */
export type Starter = 'events' | 'fan-out' | 'errands';

interface Waiting {
  readonly deliveries: number;
  readonly go: () => void;
}

/** Starters that take turns with one another. In each round of the event loop they start as many deliveries together as make a full turn. */
class Row {
  /** The waiting starters; the first kind in this map has the next turn. */
  readonly #waiting: Map<Starter, Waiting[]>;
  /** Deliveries that may still be started in this round. */
  #left = DELIVERIES_A_TURN;

  constructor(...starters: Starter[]) {
    this.#waiting = new Map(starters.map((starter) => [starter, []]));
  }

  turn(starter: Starter, deliveries: number): Promise<void> | undefined {
    if (deliveries > this.#left || this.#isAwaited) return new Promise((go) => this.#waiting.get(starter)?.push({ deliveries, go }));
    this.#take(deliveries);
    return undefined;
  }

  get #isAwaited(): boolean {
    for (const queue of this.#waiting.values()) if (queue.length > 0) return true;
    return false;
  }

  #take(deliveries: number): void {
    if (this.#left === DELIVERIES_A_TURN) setImmediate(this.#nextRound);
    this.#left -= deliveries;
  }

  readonly #nextRound = (): void => {
    this.#left = DELIVERIES_A_TURN;
    while (this.#letOneGo());
  };

  /** Kinds alternate. The first of a kind waits for a round that has room for it, and those behind it wait with it. */
  #letOneGo(): boolean {
    for (const [starter, queue] of this.#waiting) {
      const [first] = queue;
      if (!first || first.deliveries > this.#left) continue;
      queue.shift();
      this.#take(first.deliveries);
      this.#waiting.delete(starter);
      this.#waiting.set(starter, queue);
      first.go();
      return true;
    }
    return false;
  }
}

const others = new Row('fan-out', 'errands');
/** New events have a row of their own: they do not wait for deliveries that come back. */
const rows: Readonly<Record<Starter, Row>> = { events: new Row('events'), 'fan-out': others, errands: others };

/**
 * Waits for a turn of this starter. Records come in batches of at most `DELIVERIES_A_TURN`, deliveries of a wide event are started in such portions, and each awaits its
 * turn. Sockets and timers are served in between, so that ten thousand deliveries of one do not run before a single one of another. `deliveries`: how many the batch is
 * about; small batches share a round. Undefined = the turn is taken at once.
 */
export const turn = (starter: Starter, deliveries = DELIVERIES_A_TURN): Promise<void> | undefined => rows[starter].turn(starter, Math.min(deliveries, DELIVERIES_A_TURN));
