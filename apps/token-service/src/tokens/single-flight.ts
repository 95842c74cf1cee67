/**
 * Runs one call of `fly` per key at a time. Items that arrive for the key meanwhile go together into the next call. Calls for different keys run
 * concurrently.
 */
export class SingleFlight<T> {
  readonly #waiting = new Map<string, T[]>();

  /** `fly` must not reject: nobody would handle it. */
  constructor(private readonly fly: (passengers: readonly [T, ...T[]]) => Promise<void>) {}

  board(key: string, passenger: T): void {
    const waiting = this.#waiting.get(key);
    if (waiting) {
      waiting.push(passenger);
      return;
    }
    this.#waiting.set(key, [passenger]);
    // Items of the same turn of the event loop still join this call.
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
