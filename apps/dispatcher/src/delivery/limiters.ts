/** What of a callback's limits is shared by all dispatchers: this process's part of it. */
export interface Limiters {
  /** Of `limits.perSecond`; `wake` is called when asking again is worth while. */
  readonly rate: (callback: string, perSecond: number, wake: () => void) => RateLimit;
  readonly concurrency: (callback: string, demand: () => Demand, wake: () => void) => Concurrency;
  /** Of what no limit shares: this process's part, above 0 and at most 1. */
  readonly share: () => number;
}

/** Who may start now, as `limits.perSecond` allows. */
export interface RateLimit {
  /** True = one may, and is counted. False = none may yet; the lane is woken when one may. `waiting`: how many would like to, each for at most `withinMs`. */
  take(waiting: number, withinMs: number): boolean;
  /** Milliseconds until one may start, as far as is known. */
  readonly nextInMs: number;
}

/** How many may be in flight, as `limits.concurrency` allows. */
export interface Concurrency {
  /** In this process, now; more may be asked for. */
  readonly places: number;
  /** Whether one more may start. If not, more places are asked for, and the lane is woken when there are. */
  admits(): boolean;
  /** One has ended. */
  ended(): void;
}

/** What a lane wants of its callback's places. */
export interface Demand {
  /** `limits.concurrency`: of all dispatchers together. */
  readonly total: number;
  readonly inFlight: number;
  readonly queued: number;
}
