/** Runs one flight per key at a time; all that comes for the key meanwhile goes together on the next. Flights of different keys run side by side. */
export class SingleFlight<T> {
  readonly #waiting = new Map<string, T[]>();

  /** `fly` must not reject: there is nobody to tell. */
  constructor(private readonly fly: (passengers: readonly [T, ...T[]]) => Promise<void>) {}

  board(key: string, passenger: T): void {
    const waiting = this.#waiting.get(key);
    if (waiting) {
      waiting.push(passenger);
      return;
    }
    this.#waiting.set(key, [passenger]);
    // A request in the same turn of the event loop still joins this flight.
    queueMicrotask(() => void this.#flyAll(key));
  }

  async #flyAll(key: string): Promise<void> {
    for (;;) {
      const [first, ...others] = this.#waiting.get(key) ?? [];
      if (first === undefined) break;
      this.#waiting.set(key, []);
      await this.fly([first, ...others]);
    }
    this.#waiting.delete(key);
  }
}
