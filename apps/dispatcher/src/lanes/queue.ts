/** So many items may have left the front before the rest is moved up. */
const SLACK = 1_024;

/**
 * First in, first out, with exceptions. `Array.shift` moves all of a long array: V8 cannot trim arrays of more than 128 KiB, and a lane's queue may be longer.
 */
export class Queue<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  get first(): T | undefined {
    return this.#items[this.#head];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Inserts an item behind all that go first. Those that go first always come before those that do not. */
  insert(item: T, goesFirst: (other: T) => boolean): void {
    let [from, to] = [this.#head, this.#items.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (goesFirst(this.#items[middle] as T)) from = middle + 1;
      else to = middle;
    }
    this.#items.splice(from, 0, item);
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const first = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    if (this.#head > SLACK && this.#head > this.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return first;
  }

  /** Removes the last item that is `preferred`, or the last one if none is. */
  takeLast(preferred: (item: T) => boolean): T | undefined {
    if (this.length === 0) return undefined;
    const at = this.#findLast(preferred);
    return at < this.#head ? this.#items.pop() : this.#items.splice(at, 1)[0];
  }

  takeOut(test: (item: T) => boolean): T[] {
    const all = this.#items.slice(this.#head) as T[];
    const taken = all.filter(test);
    if (taken.length > 0) {
      this.#items = all.filter((item) => !test(item));
      this.#head = 0;
    }
    return taken;
  }

  /** A number below the head if there is none. */
  #findLast(test: (item: T) => boolean): number {
    return this.#items.findLastIndex((item, at) => at < this.#head || test(item as T));
  }
}
