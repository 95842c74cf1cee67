const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 600_000;
const FEW = 1_000;

/** A callback's refusals and acceptances of its credential's tokens, since it first refused one. */
interface Conduct {
  /** The newest generation that it refused. */
  readonly refused: number;
  /** Whether it has accepted a newer one since. */
  readonly accepted: boolean;
  readonly pauseMs: number;
  /** The monotonic time until which nothing is renewed for it. */
  readonly until: number;
}

/**
 * The callbacks that refuse their tokens, and whether another token is asked for. The first refusal renews at once. Then there is a pause: 1 s after
 * a token that the callback has accepted, doubling up to 10 minutes while it refuses every renewed token. A faulty receiver must not cost its
 * authorization server a request for every delivery. A generation that is refused and accepted in turn counts as refused. A `user` is a callback with
 * a credential.
 */
export class Refusals {
  readonly #records = new Map<string, Conduct>();
  #sweepAt = FEW;

  /** Notes that the callback refused this generation. Returns whether to ask for a newer one now, which begins its pause. */
  mayRenew(user: string, generation: number, now: number): boolean {
    const last = this.#records.get(user);
    if (last && now < last.until) {
      this.note(user, generation);
      return false;
    }
    const refused = Math.max(generation, last?.refused ?? 0);
    const isOver = !last || now > last.until + LONGEST_PAUSE_MS || (last.accepted && generation > last.refused);
    const pauseMs = isOver ? FIRST_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, 2 * last.pauseMs);
    this.#sweep(now);
    this.#records.set(user, { refused, accepted: false, pauseMs, until: now + pauseMs });
    return true;
  }

  /** Milliseconds of the pause that began last; 0 = there was none. */
  pauseOf(user: string): number {
    return this.#records.get(user)?.pauseMs ?? 0;
  }

  /** Another process had a token renewed for the callback: its pause counts here, too. */
  waits(user: string, pauseMs: number, until: number): void {
    const last = this.#records.get(user);
    if (last) this.#records.set(user, { ...last, pauseMs, until });
  }

  /** Notes a refusal of this generation for which nothing can be renewed now. */
  note(user: string, generation: number): void {
    const last = this.#records.get(user);
    if (last && generation > last.refused) this.#records.set(user, { ...last, refused: generation, accepted: false });
  }

  /** Whether no callback refuses tokens, which is the usual case. */
  get isEmpty(): boolean {
    return this.#records.size === 0;
  }

  /** Notes that the callback accepted this generation. */
  accepted(user: string, generation: number): void {
    const last = this.#records.get(user);
    if (last && !last.accepted && generation > last.refused) this.#records.set(user, { ...last, accepted: true });
  }

  /** Whether it is known that the callback refuses this generation. */
  refuses(user: string, generation: number): boolean {
    return generation <= (this.#records.get(user)?.refused ?? 0);
  }

  /** Removes entries that are long over, each time the entries have doubled. */
  #sweep(now: number): void {
    if (this.#records.size < this.#sweepAt) return;
    for (const [user, { until }] of this.#records) if (now > until + LONGEST_PAUSE_MS) this.#records.delete(user);
    this.#sweepAt = Math.max(FEW, 2 * this.#records.size);
  }
}
