/** So many deliveries are started in one turn, which takes about ten milliseconds. With fewer, a loop that is busy otherwise would start too few. */
export const DELIVERIES_A_TURN = 64;

/** The starters that take turns: new events, the subscriptions of a wide event, and everything that comes back. */
export type Starter = 'events' | 'fan-out' | 'errands';

/** Starters that take turns with one another. A row has one turn in each round of the event loop. */
class Row {
  /** The waiting starters; the first kind in this map has the next turn. */
  readonly #waiting: Map<Starter, (() => void)[]>;
  #isTaken = false;

  constructor(...starters: Starter[]) {
    this.#waiting = new Map(starters.map((starter) => [starter, []]));
  }

  turn(starter: Starter): Promise<void> | undefined {
    if (this.#isTaken) return new Promise((resolve) => this.#waiting.get(starter)?.push(resolve));
    this.#take();
    return undefined;
  }

  #take(): void {
    this.#isTaken = true;
    setImmediate(this.#next);
  }

  readonly #next = (): void => {
    this.#isTaken = false;
    for (const [starter, queue] of this.#waiting) {
      const go = queue.shift();
      if (!go) continue;
      this.#take();
      this.#waiting.delete(starter);
      this.#waiting.set(starter, queue);
      go();
      return;
    }
  };
}

const others = new Row('fan-out', 'errands');
/** New events have a row of their own: they do not wait for deliveries that come back. */
const rows: Readonly<Record<Starter, Row>> = { events: new Row('events'), 'fan-out': others, errands: others };

/**
 * Waits for a turn of this starter. Deliveries are started in portions, and each portion awaits its turn. Sockets and timers are served in between,
 * so that ten thousand deliveries of one do not run before a single one of another. Undefined = the turn is taken at once.
 */
export const turn = (starter: Starter): Promise<void> | undefined => rows[starter].turn(starter);
