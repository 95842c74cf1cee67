/** One of the places that callers share. */
export interface Place {
  leave(): void;
}

/**
 * Places that callers share. A caller may hold at most half of the places that the others leave, so there is always one for the next caller.
 */
export class Places {
  #taken = 0;
  readonly #takenBy = new Map<string, number>();

  constructor(private readonly most: number) {}

  /** `whose`: the caller; null = the installation itself, which may take all. Returns null if there is no place for the caller. */
  take(whose: string | null): Place | null {
    const own = whose === null ? 0 : (this.#takenBy.get(whose) ?? 0);
    const left = this.most - this.#taken + own;
    if (own >= (whose === null ? left : left / 2)) return null;
    this.#count(whose, 1);
    let isHeld = true;
    return {
      leave: () => {
        if (isHeld) this.#count(whose, -1);
        isHeld = false;
      },
    };
  }

  #count(whose: string | null, one: 1 | -1): void {
    this.#taken += one;
    if (whose === null) return;
    const own = (this.#takenBy.get(whose) ?? 0) + one;
    if (own > 0) this.#takenBy.set(whose, own);
    else this.#takenBy.delete(whose);
  }
}
