/** The part of this process in the limits of a callback that all dispatchers share. */
export interface Limiters {
  /** The limiter for `limits.perSecond`. `wake` is called when it is worth asking again. */
  readonly rate: (callback: string, perSecond: number, wake: () => void) => RateLimit;
  readonly concurrency: (callback: string, demand: () => Demand, wake: () => void) => Concurrency;
  /** For everything without a shared limit: the part of this process, above 0 and at most 1. */
  readonly share: () => number;
}

/** Which deliveries may start now by `limits.perSecond`. */
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

/** How many of its callback's places a lane wants. */
export interface Demand {
  /** `limits.concurrency`: of all dispatchers together. */
  readonly total: number;
  readonly inFlight: number;
  readonly queued: number;
}
