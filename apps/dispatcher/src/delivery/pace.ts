/** After this time, an answer has lost two thirds of its weight. */
const MEMORY_MS = 10_000;
/** Shorter silences may be our own event loop's. */
const SILENCE_MS = 1_000;
/** The first answers tell of cold connections, of the first token, and of our own warming up. */
const LEARNING_MS = 1_000;
/** Failures from before such a pause say nothing about now. */
const STALE_MS = 10_000;
/** An endpoint that has answered before counts as silent only after so many failures in a row, and a full flight of them. */
const FEWEST_FAILURES = 4;
/** An answer after a silence so many times as long as what was usual comes from an endpoint that hung, and has come back. */
const HUNG_FACTOR = 4;

/** How we see an endpoint. Any status is an answer. */
export type State =
  /** It has not answered for long enough to tell. `forMs`: how long an answer has been waited for. `perSecond`: what it would be if all that are out were answered now; null = nothing is out. */
  | { readonly is: 'unknown'; readonly forMs: number; readonly perSecond: number | null }
  /** So many answers a second, with all its places taken: `perSecond` now, `usualPerSecond` but for what hangs now. `forMs`: how long it has answered for. */
  | { readonly is: 'answering'; readonly perSecond: number; readonly usualPerSecond: number; readonly forMs: number }
  /** It answers nothing: its last requests have failed without a status. */
  | { readonly is: 'silent' };

/**
 * How many answers a second an endpoint gives with all its places in flight taken, by Little's law: places × answers ÷ time that places were taken; both fade at the same
 * rate. So light traffic does not lower it, idle time does not count, and requests that hang lower it while they hang.
 */
export class Pace {
  #answers = 0;
  #takenMs = 0;
  #taken = 0;
  #at: number;
  /** When it answered last, or was idle last. */
  #heardAt: number;
  #endedAt: number;
  #firstAnswerAt: number | null = null;
  /** When the first request after its last answer was made. */
  #unansweredSince: number | null = null;
  #hasAnswered = false;
  /** Time in flight for each answer, at the last answer; null = there was none. */
  #usualMs: number | null = null;
  #failedInARow = 0;

  constructor(private readonly now: () => number) {
    this.#at = this.#heardAt = this.#endedAt = now();
  }

  started(): void {
    this.#fade();
    if (this.#taken === 0) {
      this.#heardAt = this.#at;
      if (this.#failedInARow > 0 && this.#at - this.#endedAt > STALE_MS) this.#forget();
    }
    this.#unansweredSince ??= this.#at;
    this.#taken += 1;
  }

  /** null = nothing was sent, which says nothing about the endpoint. */
  ended(answered: boolean | null): void {
    this.#fade();
    this.#taken -= 1;
    this.#endedAt = this.#at;
    if (answered === false) this.#failedInARow += 1;
    if (!answered) return;
    if (this.#isBack) this.#forget();
    this.#answers += 1;
    this.#usualMs = this.#takenMs / this.#answers;
    this.#heardAt = this.#at;
    this.#firstAnswerAt ??= this.#at;
    this.#unansweredSince = null;
    this.#hasAnswered = true;
    this.#failedInARow = 0;
  }

  /** `places`: how many requests may be in flight. */
  state(places: number): State {
    if (this.#failedInARow >= (this.#firstAnswerAt === null ? 1 : Math.max(places, FEWEST_FAILURES))) return { is: 'silent' };
    const usualPerSecond = this.#usualPerSecond(places);
    const waitedMs = this.#waitedMs;
    if (usualPerSecond === null) return { is: 'unknown', forMs: waitedMs, perSecond: null };
    const perSecond = waitedMs > SILENCE_MS ? Math.min(usualPerSecond, (places * 1_000) / waitedMs) : usualPerSecond;
    const forMs = this.#firstAnswerAt === null ? 0 : this.now() - this.#firstAnswerAt;
    return forMs >= LEARNING_MS ? { is: 'answering', perSecond, usualPerSecond, forMs } : { is: 'unknown', forMs: waitedMs, perSecond };
  }

  /** Milliseconds for which it has been asked in vain. */
  get silenceMs(): number {
    return this.#unansweredSince === null ? 0 : this.now() - this.#unansweredSince;
  }

  /** Whether this process ever had an answer, so that the silence cannot be older than it knows. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  #usualPerSecond(places: number): number | null {
    this.#fade();
    return this.#takenMs === 0 ? null : (places * 1_000 * Math.max(this.#answers, this.#taken)) / this.#takenMs;
  }

  /** Since the last answer, while something is in flight. */
  get #waitedMs(): number {
    return this.#taken === 0 ? 0 : this.now() - this.#heardAt;
  }

  get #isBack(): boolean {
    const fewest = this.#firstAnswerAt === null ? 1 : FEWEST_FAILURES;
    const hung = this.#usualMs !== null && this.#at - this.#heardAt > Math.max(SILENCE_MS, HUNG_FACTOR * this.#usualMs);
    return this.#failedInARow >= fewest || hung;
  }

  /** What it was like before says nothing about it now. */
  #forget(): void {
    this.#answers = 0;
    this.#takenMs = 0;
    this.#firstAnswerAt = null;
    this.#failedInARow = 0;
  }

  #fade(): void {
    const now = this.now();
    const left = Math.exp((this.#at - now) / MEMORY_MS);
    this.#answers *= left;
    this.#takenMs = this.#takenMs * left + this.#taken * MEMORY_MS * (1 - left);
    this.#at = now;
  }
}
