/** How many are looked for at a time for the first time. */
const FRESH = 500;
/** How many are looked for again at a time. If more wait, each is looked for more rarely, at the same cost in all (30 µs each). */
const REPEATED = 100;

/** Whose turn it is to be looked for: first what is new, which may be there already, then those that were looked for longest ago. */
export class Turns<T> {
  readonly #all = new Set<T>();
  readonly #fresh = new Set<T>();

  get isEmpty(): boolean {
    return this.#all.size === 0;
  }

  get hasFresh(): boolean {
    return this.#fresh.size > 0;
  }

  /** It is looked for with the next, also if it was looked for before. */
  add(one: T): void {
    this.#all.add(one);
    this.#fresh.add(one);
  }

  delete(one: T): void {
    this.#all.delete(one);
    this.#fresh.delete(one);
  }

  /** `again`: not only what is new. */
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
