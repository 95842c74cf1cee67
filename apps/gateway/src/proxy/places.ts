/** One of the places that callers share. */
export interface Place {
  leave(): void;
}

/**
 * Places that callers share: one holds at most half of those that the others leave. So there is one for whoever comes next, and several who take all they can leave each
 * other less and less, and the next one something.
 */
export class Places {
  #taken = 0;
  readonly #takenBy = new Map<string, number>();

  constructor(private readonly most: number) {}

  /** `whose` null = the installation's own, which may have all. Null = there is none. */
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
