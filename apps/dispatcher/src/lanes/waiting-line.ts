import type { Allowance } from './allowance.js';
import { Queue } from './queue.js';

/** A returning delivery waits in the lane for at least so long, even for a silent endpoint: the endpoint may be back, and only an answer shows that. */
const PROBATION_MS = 1_000;

/** A delivery that waits in a lane. */
export interface Waiting {
  /** The bytes of its payload. */
  readonly bytes: number;
  /** It returns: from a hold that began then, or now because somebody wants it sent again; null = it is fresh. */
  readonly backSince: number | null;
  /** When it began to wait. */
  readonly since: number;
}

/**
 * The deliveries that wait in a lane: two queues, which share the places and the room. Fresh deliveries are in order of arrival, returning ones in the
 * order in which they were first held.
 */
export class WaitingLine<W extends Waiting> {
  readonly #fresh = new Queue<W>();
  readonly #returned = new Queue<W>();
  /** Those of the returned ones that are on probation, in order of arrival. */
  readonly #onProbation = new Set<W>();
  #lastHadReturned = false;
  #bytes = 0;

  /** `now`: by the clock of `since`. */
  constructor(private readonly now: () => number) {}

  get length(): number {
    return this.#fresh.length + this.#returned.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** How many returned so lately that they stay even for a silent endpoint. */
  get justReturned(): number {
    this.#endProbations();
    return this.#onProbation.size;
  }

  push(waiting: W): void {
    const { backSince, bytes } = waiting;
    if (backSince === null) this.#fresh.push(waiting);
    else {
      this.#returned.insert(waiting, (other) => (other.backSince ?? backSince) <= backSince);
      this.#onProbation.add(waiting);
    }
    this.#bytes += bytes;
  }

  /**
   * Removes the next delivery. Every second one is a returning one, so that the oldest make progress however many come after them, and a fresh one
   * waits behind one delivery of a replay, not behind all.
   */
  shift(): W | undefined {
    this.#lastHadReturned = this.#returned.length > 0 && !(this.#lastHadReturned && this.#fresh.length > 0);
    return this.#out((this.#lastHadReturned ? this.#returned : this.#fresh).shift());
  }

  /**
   * The delivery to give up if there is no room. The fresh queue loses one while it is longer than its allowance, or not shorter than the other queue; otherwise the queue of
   * returned deliveries does. Of a queue, it is the last delivery that is not on probation, or else the last one.
   */
  pop(allowed: Allowance): W | undefined {
    const { length } = this.#fresh;
    const from = length > allowed.fresh || length >= this.#returned.length ? this.#fresh : this.#returned;
    this.#endProbations();
    const areAllOnProbation = from === this.#returned && this.#onProbation.size === from.length;
    return this.#out(from.takeLast((waiting) => areAllOnProbation || !this.#onProbation.has(waiting)));
  }

  takeOut(test: (waiting: W) => boolean): W[] {
    const taken = [...this.#fresh.takeOut(test), ...this.#returned.takeOut(test)];
    for (const one of taken) this.#out(one);
    return taken;
  }

  #out(waiting: W | undefined): W | undefined {
    if (!waiting) return undefined;
    this.#bytes -= waiting.bytes;
    this.#onProbation.delete(waiting);
    return waiting;
  }

  /** Every delivery that comes asks this, so it must not look at all that wait. */
  #endProbations(): void {
    const now = this.now();
    for (const waiting of this.#onProbation) {
      if (now - waiting.since < PROBATION_MS) return;
      this.#onProbation.delete(waiting);
    }
  }
}
