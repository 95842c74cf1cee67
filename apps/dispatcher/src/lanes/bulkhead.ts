import type { BusyLane } from '@nuncio/contracts';
import { Capacity, type CapacityLimits } from './capacity.js';
import { Lane, type LaneLimits } from './lane.js';
import type { Limiters } from './limiters.js';

const FEW_LANES = 1_000;
/** How often queues are reviewed while nothing arrives; sooner if there was more to turn away than one review may. */
const REVIEW_EVERY_MS = 250;
const REVIEW_AGAIN_MS = 25;
/** A return from a hold costs about 0.3 ms: all silent endpoints together may use a twentieth of a dispatcher. */
const RETURNS_PER_SECOND = 150;
const COUNT_EVERY_MS = 1_000;

/** Two clocks, in milliseconds: the time, and the clock that endpoints are judged by. */
interface Clocks {
  readonly now: () => number;
  readonly patience: () => number;
}

/** The tenant and callback of a lane. */
interface LaneOwner {
  readonly id: string;
  readonly tenant: string;
}

/** The lanes of all callbacks of this process. An empty lane is removed after a while, so that they do not pile up. */
export class Bulkhead {
  readonly #lanes = new Map<string, { readonly lane: Lane; readonly tenant: string }>();
  readonly #capacity: Capacity;
  #sweepAt = FEW_LANES;
  #reviewing = false;
  #returns = { each: RETURNS_PER_SECOND, countedAt: -Infinity };

  constructor(
    private readonly limiters: Limiters,
    private readonly clocks: Clocks,
    limits: CapacityLimits,
  ) {
    this.#capacity = new Capacity(limits, clocks.now);
  }

  lane({ id, tenant }: LaneOwner, limits: LaneLimits): Lane {
    this.#reviewLater(REVIEW_EVERY_MS);
    const known = this.#lanes.get(id);
    if (known) {
      known.lane.set(limits);
      return known.lane;
    }
    this.#sweep();
    const { rate, concurrency } = this.limiters;
    const lane = new Lane(limits, {
      ...this.clocks,
      capacity: this.#capacity,
      account: this.#capacity.open(tenant),
      rate: (perSecond, wake) => rate(id, perSecond, wake),
      concurrency: (demand, wake) => concurrency(id, demand, wake),
      returnsPerSecond: () => this.#returnsEach(),
      share: this.limiters.share,
    });
    this.#lanes.set(id, { lane, tenant });
    return lane;
  }

  /** Milliseconds until a delivery of this callback whose hold is over has its turn to come back; 0 = now. */
  turnMs(callback: string): number {
    return this.#lanes.get(callback)?.lane.held.turnMs() ?? 0;
  }

  forget(callback: string): void {
    const known = this.#lanes.get(callback);
    if (!known || !isEmpty(known.lane)) return;
    this.#lanes.delete(callback);
    this.#capacity.close(known.tenant);
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

  /** The lanes with something in flight or queued, the busiest first, at most `most`; and how many more there are. */
  busiest(most: number): { lanes: BusyLane[]; leftOut: number } {
    const busy = [...this.#lanes].flatMap(([callback, { lane: { inFlight, queued } }]) => (inFlight + queued > 0 ? [{ callback, inFlight, queued }] : []));
    const lanes = busy.toSorted((a, b) => b.inFlight - a.inFlight || b.queued - a.queued).slice(0, most);
    return { lanes, leftOut: busy.length - lanes.length };
  }

  /** After the event loop was busy, answers are read before they are counted as missing. */
  #reviewLater(ms: number): void {
    if (this.#reviewing) return;
    this.#reviewing = true;
    setTimeout(() => {
      setImmediate(() => {
        this.#reviewing = false;
        let again: number | null = null;
        for (const { lane } of this.#lanes.values()) if (lane.queued > 0) again = lane.review() ? REVIEW_AGAIN_MS : (again ?? REVIEW_EVERY_MS);
        if (again !== null) this.#reviewLater(again);
      });
    }, ms).unref();
  }

  /** How many returns a second from holds each silent endpoint may have. */
  #returnsEach(): number {
    const now = this.clocks.now();
    if (now - this.#returns.countedAt > COUNT_EVERY_MS) {
      const holding = this.#sum((lane) => (lane.held.count > 0 ? 1 : 0));
      this.#returns = { each: RETURNS_PER_SECOND / Math.max(1, holding), countedAt: now };
    }
    return this.#returns.each;
  }

  /** Removes empty lanes whenever the lanes have doubled since the last time, so that the cost is spread over the new ones. */
  #sweep(): void {
    if (this.#lanes.size < this.#sweepAt) return;
    for (const callback of [...this.#lanes.keys()]) this.forget(callback);
    this.#sweepAt = Math.max(FEW_LANES, 2 * this.#lanes.size);
  }

  #sum(read: (lane: Lane) => number): number {
    let sum = 0;
    for (const { lane } of this.#lanes.values()) sum += read(lane);
    return sum;
  }
}

const isEmpty = (lane: Lane): boolean => lane.inFlight + lane.queued + lane.held.count === 0;
