import { Lane, type Clocks, type LaneLimits, type RateLimit } from './lane.js';

/** Makes the rate limit of a callback; `wake` is called when asking it again is worth while. */
export type RateLimitOf = (callback: string, perSecond: number, wake: () => void) => RateLimit;

const FEW_LANES = 1_000;

/** The lanes of all callbacks of this process. A lane that has nothing in it is forgotten in time, so that they do not pile up. */
export class Bulkhead {
  readonly #lanes = new Map<string, Lane>();
  #sweepAt = FEW_LANES;

  constructor(
    private readonly rateLimitOf: RateLimitOf,
    private readonly clocks: Clocks,
  ) {}

  lane(callback: string, limits: LaneLimits): Lane {
    const known = this.#lanes.get(callback);
    if (known) {
      known.set(limits);
      return known;
    }
    this.#sweep();
    const lane = new Lane(limits, this.clocks, (perSecond, wake) => this.rateLimitOf(callback, perSecond, wake));
    this.#lanes.set(callback, lane);
    return lane;
  }

  forget(callback: string): void {
    const lane = this.#lanes.get(callback);
    if (lane && isEmpty(lane)) this.#lanes.delete(callback);
  }

  get inFlight(): number {
    return this.#sum((lane) => lane.inFlight);
  }

  get queued(): number {
    return this.#sum((lane) => lane.queued);
  }

  get held(): number {
    return this.#sum((lane) => lane.held.count);
  }

  /** Whenever they have doubled since the last time: what it costs is spread over the new ones. */
  #sweep(): void {
    if (this.#lanes.size < this.#sweepAt) return;
    for (const [callback, lane] of this.#lanes) if (isEmpty(lane)) this.#lanes.delete(callback);
    this.#sweepAt = Math.max(FEW_LANES, 2 * this.#lanes.size);
  }

  #sum(read: (lane: Lane) => number): number {
    let sum = 0;
    for (const lane of this.#lanes.values()) sum += read(lane);
    return sum;
  }
}

const isEmpty = (lane: Lane): boolean => lane.inFlight + lane.queued + lane.held.count === 0;
