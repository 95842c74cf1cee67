/** Why a delivery waits in its lane: no place of its callback is free, or none of the process, or its rate does not allow it. */
export type WaitsFor = 'place' | 'process' | 'rate';
/** Milliseconds, by what was waited for. */
export type Waited = Readonly<Record<WaitsFor, number>>;

export const NO_WAIT: Waited = { place: 0, process: 0, rate: 0 };

/** How long the head of a lane's line has waited, by cause. The sums are those of the line: a delivery waited for what was added between its coming and its going. */
export class Waits {
  #for: WaitsFor | null = null;
  #since = 0;
  #sums = NO_WAIT;

  /** Milliseconds, monotonic. */
  constructor(private readonly now: () => number) {}

  /** The cause for which the next delivery waits from now on; null = it may start. */
  set(waitsFor: WaitsFor | null): void {
    if (waitsFor === this.#for) return;
    this.#sums = this.sums;
    this.#for = waitsFor;
    this.#since = this.now();
  }

  /** Of the line, since its beginning. */
  get sums(): Waited {
    return this.#for === null ? this.#sums : { ...this.#sums, [this.#for]: this.#sums[this.#for] + this.now() - this.#since };
  }

  /** What was added since the sums were these, in whole milliseconds. */
  since({ place, process, rate }: Waited): Waited {
    const { sums } = this;
    return { place: Math.round(sums.place - place), process: Math.round(sums.process - process), rate: Math.round(sums.rate - rate) };
  }
}
