const MOST_IN_PORTION = 1_024;

/** Numbers in ascending order, in portions, so that adding, removing and ranking one are cheap among a hundred thousand. */
export class Ranking {
  readonly #portions: number[][] = [[]];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(number: number): void {
    const at = this.#portionOf(number);
    const portion = this.#portions[at] ?? [];
    portion.splice(countBelow(portion, number), 0, number);
    this.#size += 1;
    if (portion.length > MOST_IN_PORTION) this.#portions.splice(at + 1, 0, portion.splice(MOST_IN_PORTION / 2));
  }

  /** Removes one of the numbers that equal it; there must be one. */
  remove(number: number): void {
    const at = this.#portionOf(number);
    const portion = this.#portions[at] ?? [];
    portion.splice(countBelow(portion, number), 1);
    this.#size -= 1;
    if (portion.length === 0 && this.#portions.length > 1) this.#portions.splice(at, 1);
  }

  /** How many numbers are lower. */
  below(number: number): number {
    let below = 0;
    for (const portion of this.#portions) {
      if ((portion.at(-1) ?? -Infinity) < number) below += portion.length;
      else return below + countBelow(portion, number);
    }
    return below;
  }

  /** The first portion that does not end below the number, or the last one. */
  #portionOf(number: number): number {
    const at = this.#portions.findIndex((portion) => (portion.at(-1) ?? -Infinity) >= number);
    return at < 0 ? this.#portions.length - 1 : at;
  }
}

function countBelow(sorted: readonly number[], number: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] ?? 0) < number) from = middle + 1;
    else to = middle;
  }
  return from;
}
