/** After this time, the weight of an answer has fallen to a third. */
const MEMORY_MS = 10_000;
/** Shorter silences may come from this process's own event loop. */
const SILENCE_MS = 1_000;
/** The first answers depend on cold connections, the first token, and the warm-up of this process. */
const LEARNING_MS = 1_000;
/** Failures from before such a pause say nothing about the present. */
const STALE_MS = 10_000;
/** An endpoint that has answered before counts as silent only after so many failures in a row, and after as many as it has places. */
const FEWEST_FAILURES = 4;
/** An answer after a silence of so many times the usual time comes from an endpoint that hung and is back. */
const HUNG_FACTOR = 4;

/** The state of an endpoint as this process sees it. Any status is an answer. */
export type State =
  /**
   * It has not been answering for long enough. `forMs`: how long an answer has been waited for. `perSecond`: the pace if all open requests were
   * answered now; null = none is open.
   */
  | { readonly is: 'unknown'; readonly forMs: number; readonly perSecond: number | null }
  /**
   * It answers. `perSecond`: answers a second with all its places taken; `usualPerSecond`: the same without the requests that hang now. `forMs`: how
   * long it has answered.
   */
  | { readonly is: 'answering'; readonly perSecond: number; readonly usualPerSecond: number; readonly forMs: number }
  /** It does not answer: its last requests have failed without a status. */
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
  /** When it last answered, or was last idle. */
  #heardAt: number;
  #endedAt: number;
  #firstAnswerAt: number | null = null;
  /** When the first request after its last answer was sent. */
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

  /** Milliseconds for which it has not answered its requests. */
  get silenceMs(): number {
    return this.#unansweredSince === null ? 0 : this.now() - this.#unansweredSince;
  }

  /** Whether this process ever had an answer. If so, the silence is not older than is known here. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  #usualPerSecond(places: number): number | null {
    this.#fade();
    return this.#takenMs === 0 ? null : (places * 1_000 * Math.max(this.#answers, this.#taken)) / this.#takenMs;
  }

  /** Milliseconds since the last answer, while something is in flight. */
  get #waitedMs(): number {
    return this.#taken === 0 ? 0 : this.now() - this.#heardAt;
  }

  get #isBack(): boolean {
    const fewest = this.#firstAnswerAt === null ? 1 : FEWEST_FAILURES;
    const hung = this.#usualMs !== null && this.#at - this.#heardAt > Math.max(SILENCE_MS, HUNG_FACTOR * this.#usualMs);
    return this.#failedInARow >= fewest || hung;
  }

  /** Its earlier pace says nothing about the present. */
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
