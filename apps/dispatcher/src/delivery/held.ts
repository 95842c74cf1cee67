const SLOT_MS = 100;

/** How many deliveries of one callback this process has on hold. Each is forgotten when its tier has passed: it is on its way back, here or elsewhere. */
export class Held {
  /** How many return in each tenth of a second. */
  readonly #returning = new Map<number, number>();

  constructor(private readonly now: () => number) {}

  add(delayMs: number): void {
    const slot = Math.ceil((this.now() + delayMs) / SLOT_MS);
    this.#returning.set(slot, (this.#returning.get(slot) ?? 0) + 1);
  }

  get count(): number {
    const present = this.now() / SLOT_MS;
    let sum = 0;
    for (const [slot, count] of this.#returning) {
      if (slot <= present) this.#returning.delete(slot);
      else sum += count;
    }
    return sum;
  }
}
