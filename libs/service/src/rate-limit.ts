const WINDOW_MS = 1_000;
/** A caller that was away for a second is like a new one, and need not be remembered. Old callers are removed when there are so many. */
const MANY = 10_000;

/** So many requests a second for each key, and a second's worth of them at once: the generic cell rate algorithm (ITU-T I.371), one number per key. */
export class RateLimit {
  readonly #intervalMs: number;
  /** When everything that was taken has been earned. */
  readonly #earnedAt = new Map<string, number>();

  constructor(perSecond: number) {
    this.#intervalMs = WINDOW_MS / perSecond;
  }

  /** Charges more for a request than the one that was taken: a caller who sends many events at once waits that much longer for the next request. */
  charge(key: string, now: number, more: number): void {
    this.#earnedAt.set(key, Math.max(this.#earnedAt.get(key) ?? 0, now) + more * this.#intervalMs);
  }

  /** 0 = taken; otherwise the milliseconds until there is one again. `now` is in milliseconds of any clock that does not turn back. */
  take(key: string, now: number): number {
    const earnedAt = Math.max(this.#earnedAt.get(key) ?? 0, now) + this.#intervalMs;
    const waitMs = earnedAt - now - WINDOW_MS;
    if (waitMs > 0) return waitMs;
    if (this.#earnedAt.size >= MANY) for (const [idle, at] of this.#earnedAt) if (at <= now) this.#earnedAt.delete(idle);
    this.#earnedAt.set(key, earnedAt);
    return 0;
  }
}
