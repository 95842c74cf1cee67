/** How many new ones are looked up at a time. */
const FRESH = 500;
/**
 * How many are looked up again at a time. With more waiting, each is looked up more rarely, so that the cost stays the same (30 µs
 * each).
 */
const REPEATED = 100;

/** The order of look-ups: first the new ones, which may have an answer already, then those that were looked up longest ago. */
export class LookupOrder<T> {
  readonly #all = new Set<T>();
  readonly #fresh = new Set<T>();

  get isEmpty(): boolean {
    return this.#all.size === 0;
  }

  get hasFresh(): boolean {
    return this.#fresh.size > 0;
  }

  /** It is looked up next, even if it was looked up before. */
  add(one: T): void {
    this.#all.add(one);
    this.#fresh.add(one);
  }

  delete(one: T): void {
    this.#all.delete(one);
    this.#fresh.delete(one);
  }

  /** `again`: also those that were looked up before. */
  next(again: boolean): readonly T[] {
    const next = [...new Set([...first(FRESH, this.#fresh), ...(again ? first(REPEATED, this.#all) : [])])];
    for (const one of next) {
      this.#fresh.delete(one);
      this.#all.delete(one);
      this.#all.add(one);
    }
    return next;
  }
}

function* first<T>(count: number, all: Iterable<T>): Iterable<T> {
  let left = count;
  for (const one of all) {
    if (left-- === 0) return;
    yield one;
  }
}
