/** So many deliveries are started in one turn: about ten milliseconds. Fewer would keep a loop that is busy otherwise from starting enough. */
export const DELIVERIES_A_TURN = 64;

/** These take turns: new events, the subscriptions of a wide event, and everything that comes back. */
export type Starter = 'events' | 'fan-out' | 'errands';

/** The starters that share the turns of a row. A row has one turn in each round of the event loop. */
class Row {
  /** The starters that wait; the first kind in this map has the next turn. */
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
 * The event loop is one for the whole process. Deliveries are started in portions, and each portion awaits its turn. Sockets and timers are looked at in between, so
 * that nobody's ten thousand stand before somebody else's one. Undefined = the turn is taken at once.
 */
export const turn = (starter: Starter): Promise<void> | undefined => rows[starter].turn(starter);
