/** The part of this process in the limits of a callback that all dispatchers share. */
export interface Limiters {
  /** The limiter for `limits.perSecond`. `wake` is called when it is worth asking again. */
  readonly rate: (callback: string, perSecond: number, wake: () => void) => RateLimit;
  readonly concurrency: (callback: string, demand: () => Demand, wake: () => void) => Concurrency;
  /** The share of this process in everything without a shared limit, above 0 and at most 1. */
  readonly share: () => number;
}

/** Which deliveries may start now by `limits.perSecond`. */
export interface RateLimit {
  /**
   * True = one may start, and is counted. False = none may yet; the lane is woken when one may. `waiting`: how many would start, each waiting at most
   * `withinMs`.
   */
  take(waiting: number, withinMs: number): boolean;
  /** Milliseconds until one may start, as far as is known. */
  readonly nextInMs: number;
}

/** How many may be in flight, as `limits.concurrency` allows. */
export interface Concurrency {
  /** The places of this process now; more may be asked for. */
  readonly places: number;
  /** Whether one more may start. If not, more places are asked for, and the lane is woken when there are any. */
  admits(): boolean;
  /** Notes that one has ended. */
  ended(): void;
}

/** How many of its callback's places a lane wants. */
export interface Demand {
  /** `limits.concurrency`, of all dispatchers together. */
  readonly total: number;
  readonly inFlight: number;
  readonly queued: number;
}
