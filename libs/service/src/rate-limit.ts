const WINDOW_MS = 1_000;
/** Whoever has been away for a second is like new, and need not be remembered: looked at when so many are. */
const MANY = 10_000;

/** So many requests a second for each key, and a second's worth of them at once: the generic cell rate algorithm (ITU-T I.371), one number per key. */
export class RateLimit {
  readonly #intervalMs: number;
  /** When everything that was taken has been earned. */
  readonly #earnedAt = new Map<string, number>();

  constructor(perSecond: number) {
    this.#intervalMs = WINDOW_MS / perSecond;
  }

  /** What one request turned out to be, beside the one that was taken: whoever sends many at once waits that much longer for the next. */
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
