const WINDOW_MS = 1_000;
/** A caller that was away for a second is like a new one, and need not be remembered. Old callers are removed when there are so many. */
const MANY = 10_000;

/** So many a second for each key, and a second's worth at once: the generic cell rate algorithm (ITU-T I.371), one number per key. Each process counts for itself. */
export class RateLimit {
  /** When everything that was taken has been earned. */
  readonly #earnedAt = new Map<string, number>();

  constructor(private readonly perSecond: number) {}

  /** 0 = one may be taken; otherwise the milliseconds until then. `now` is in milliseconds of any clock that does not turn back. */
  waitMs(key: string, now: number, perSecond = this.perSecond): number {
    return Math.max(0, Math.max(this.#earnedAt.get(key) ?? 0, now) + WINDOW_MS / perSecond - now - WINDOW_MS);
  }

  /** Takes so many, whether there are so many or not: whoever takes many at once waits that much longer for the next. */
  charge(key: string, now: number, count: number, perSecond = this.perSecond): void {
    if (this.#earnedAt.size >= MANY) for (const [idle, at] of this.#earnedAt) if (at <= now) this.#earnedAt.delete(idle);
    this.#earnedAt.set(key, Math.max(this.#earnedAt.get(key) ?? 0, now) + (count * WINDOW_MS) / perSecond);
  }

  /** 0 = one was taken; otherwise the milliseconds until there is one again. */
  take(key: string, now: number): number {
    const waitMs = this.waitMs(key, now);
    if (waitMs === 0) this.charge(key, now, 1);
    return waitMs;
  }
}
