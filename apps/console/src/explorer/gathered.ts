export interface Row {
  readonly id: string;
}

/** New rows are shown together, five times a second. */
const GATHER_MS = 200;
/** The list below knows the older ones. */
const KEPT = 2_000;

/** Rows that come one by one, to be shown together. While it is held they are kept, and counted. */
export class Gathered<T extends Row> {
  #new: readonly T[] = [];
  #shown: readonly T[] = [];
  #came: T[] = [];
  #isHeld = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly show: (rows: readonly T[]) => void,
    private readonly count: (waiting: number) => void,
  ) {}

  take(row: T): void {
    this.#came.push(row);
    this.#timer ??= setTimeout(() => { this.flush(); }, GATHER_MS);
  }

  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.flush();
  }

  clear(): void {
    this.#came = [];
    this.#new = [];
    this.#shown = [];
    this.show([]);
    this.flush();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#new = newestFirst(this.#new, this.#came);
    this.#came = [];
    if (!this.#isHeld && this.#new.length > 0) {
      this.#shown = newestFirst(this.#shown, this.#new.toReversed());
      this.#new = [];
      this.show(this.#shown);
    }
    this.count(this.#new.length);
  }
}

/** The new rows, last first, before those that were there. Each id is there once, as it was written last. */
export function newestFirst<T extends Row>(before: readonly T[], came: readonly T[]): T[] {
  const all = new Map<string, T>();
  for (const row of [...came.toReversed(), ...before]) if (!all.has(row.id)) all.set(row.id, row);
  return [...all.values()].slice(0, KEPT);
}
