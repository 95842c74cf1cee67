const SECOND_MS = 1_000;
/** A caller that was away for a whole window has its full budget again, and need not be remembered. Above this number such callers are removed. */
const MANY = 10_000;

/**
 * A rate limit per key, with a burst of one window's worth (a second, by default): the generic cell rate algorithm (ITU-T I.371), one number per key. Each process counts
 * for itself.
 */
export class RateLimit {
  /** By key, the time at which everything taken is within the rate. */
  readonly #earnedAt = new Map<string, number>();

  constructor(
    private readonly perWindow: number,
    private readonly windowMs = SECOND_MS,
  ) {}

  /** 0 = one may be taken; otherwise the milliseconds until then. `now`: milliseconds of a monotonic clock. */
  waitMs(key: string, now: number, perWindow = this.perWindow): number {
    return Math.max(0, Math.max(this.#earnedAt.get(key) ?? 0, now) + this.windowMs / perWindow - now - this.windowMs);
  }

  /** Takes `count` in any case. Whoever takes more than there is waits longer for the next. */
  charge(key: string, now: number, count: number, perWindow = this.perWindow): void {
    if (this.#earnedAt.size >= MANY) for (const [idle, at] of this.#earnedAt) if (at <= now) this.#earnedAt.delete(idle);
    this.#earnedAt.set(key, Math.max(this.#earnedAt.get(key) ?? 0, now) + (count * this.windowMs) / perWindow);
  }

  /** How many were taken that count against the present window; more than the rate if more were taken at once. */
  charged(key: string, now: number, perWindow = this.perWindow): number {
    return Math.ceil((Math.max(0, (this.#earnedAt.get(key) ?? 0) - now) * perWindow) / this.windowMs);
  }

  /** 0 = one was taken; otherwise the milliseconds until one may be. */
  take(key: string, now: number): number {
    const waitMs = this.waitMs(key, now);
    if (waitMs === 0) this.charge(key, now, 1);
    return waitMs;
  }
}
