/** What happened so long ago has lost two thirds of its weight. */
const MEMORY_MS = 10_000;
/** Shorter silences may be our own event loop's. */
const SILENCE_MS = 1_000;
/** The first answers tell of cold connections, of the first token, and of our own warming up. */
const LEARNING_MS = 1_000;
/** Of an endpoint that has answered before: at least so many failures in a row, and a full flight of them, before it counts as one that answers nothing. */
const FEWEST_FAILURES = 4;
/** An answer after a silence so many times as long as what was usual comes from an endpoint that hung, and has come back. */
const HUNG_FACTOR = 4;

/**
 * How many answers a second an endpoint gives with all its places in flight taken, by Little's law: places × answers ÷ time that places were taken, both
 * fading alike. So light traffic lowers nothing, idle time counts for nothing, and requests that hang lower it while they hang. Any status is an answer.
 */
export class Pace {
  #answers = 0;
  #takenMs = 0;
  #taken = 0;
  #at: number;
  /** When it answered last, or was idle last. */
  #heardAt: number;
  #firstAnswerAt: number | null = null;
  /** Time in flight for each answer, at the last answer. */
  #usualMs = Infinity;
  #failedInARow = 0;

  constructor(private readonly now: () => number) {
    this.#at = this.#heardAt = now();
  }

  started(): void {
    this.#fade();
    if (this.#taken === 0) this.#heardAt = this.#at;
    this.#taken += 1;
  }

  /** null = nothing was sent, which says nothing about the endpoint. */
  ended(answered: boolean | null): void {
    this.#fade();
    this.#taken -= 1;
    if (answered === false) this.#failedInARow += 1;
    if (!answered) return;
    if (this.#isBack) this.#forget();
    this.#answers += 1;
    this.#usualMs = this.#takenMs / this.#answers;
    this.#heardAt = this.#at;
    this.#firstAnswerAt ??= this.#at;
    this.#failedInARow = 0;
  }

  /** It has answered for a while. */
  get isKnown(): boolean {
    return this.#firstAnswerAt !== null && this.now() - this.#firstAnswerAt >= LEARNING_MS;
  }

  answersNothing(concurrency: number): boolean {
    return this.#failedInARow >= (this.#firstAnswerAt === null ? 1 : Math.max(concurrency, FEWEST_FAILURES));
  }

  /** Milliseconds since the last answer, while something is in flight. */
  get silentMs(): number {
    return this.#taken === 0 ? 0 : this.now() - this.#heardAt;
  }

  /** Answers a second. While the first ones are out it is what would be if all of them came now; `Infinity` = not measurable yet. */
  perSecond(concurrency: number): number {
    this.#fade();
    if (this.#takenMs === 0) return Infinity;
    const measured = (concurrency * 1_000 * Math.max(this.#answers, this.#taken)) / this.#takenMs;
    const { silentMs } = this;
    return silentMs > SILENCE_MS ? Math.min(measured, (concurrency * 1_000) / silentMs) : measured;
  }

  get #isBack(): boolean {
    const fewest = this.#firstAnswerAt === null ? 1 : FEWEST_FAILURES;
    return this.#failedInARow >= fewest || this.#at - this.#heardAt > Math.max(SILENCE_MS, HUNG_FACTOR * this.#usualMs);
  }

  /** What it was like while it hung says nothing about it now. */
  #forget(): void {
    this.#answers = 0;
    this.#takenMs = 0;
    this.#firstAnswerAt = null;
  }

  #fade(): void {
    const now = this.now();
    const left = Math.exp((this.#at - now) / MEMORY_MS);
    this.#answers *= left;
    this.#takenMs = this.#takenMs * left + this.#taken * MEMORY_MS * (1 - left);
    this.#at = now;
  }
}
