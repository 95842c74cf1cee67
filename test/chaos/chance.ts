import { hash } from 'node:crypto';

/** Repeatable random numbers: SHA-256 over the seed and a counter. */
export class Chance {
  #count = 0;

  constructor(private readonly seed: number) {}

  /** In [0, 1). */
  next(): number {
    return parseInt(hash('sha256', `${this.seed} ${this.#count++}`).slice(0, 12), 16) / 2 ** 48;
  }

  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** Throws if the list is empty. */
  pick<T>(items: readonly T[]): T {
    const picked = items[this.between(0, items.length - 1)];
    if (picked === undefined) throw new Error('there is nothing to pick from');
    return picked;
  }

  shuffled<T>(items: readonly T[]): T[] {
    return items
      .map((item) => ({ item, order: this.next() }))
      .sort((a, b) => a.order - b.order)
      .map(({ item }) => item);
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.between(0, 255)));
  }
}
