import type { Concurrency, Demand } from './limiters.js';

/** How often a lease is renewed, and unneeded places are given back. */
const RENEW_EVERY_MS = 250;
/** How often a process without any place asks again. */
const ASK_AGAIN_MS = 50;

/** The partitions of `events` of this process, and their total number. */
export interface OwnedPartitions {
  readonly owned: readonly number[];
  readonly count: number;
}

interface LeasedPlacesPorts {
  readonly demand: () => Demand;
  /** Returns the same object as long as nothing changes. */
  readonly ownedPartitions: () => OwnedPartitions;
  /**
   * Asks for places of the shared `pool`; this process keeps `kept` of them until the answer. Returns how many it may have from now on, at most
   * `wanted`. null = nobody can be asked.
   */
  readonly lease: (pool: number, kept: number, wanted: number) => Promise<number | null>;
  readonly wake: () => void;
}

/**
 * One callback's `concurrency` in this process. All processes together never exceed it, with two exceptions: while requests of a partition's former owner are still on
 * their way, and while Redis is away.
 *
 * | of the callback's places        | are                                                                              |
 * |---------------------------------|----------------------------------------------------------------------------------|
 * | all                             | its own where all partitions are                                                 |
 * | half of them, rounded down      | each of a partition's owner, who asks nobody                                     |
 * | the others                      | leased in Redis by whoever has a use for them; they go round where they are few  |
 * | its share of them, at least one | its own while Redis is away                                                      |
 */
export class LeasedPlaces implements Concurrency {
  #leased = 0;
  /** How many places this process had at the last renewal. It is more than is leased while places that must be given back are in use. */
  #told = 0;
  #asking = false;
  #timer: NodeJS.Timeout | undefined;
  #known: { readonly ownedPartitions: OwnedPartitions; readonly total: number; readonly own: number } | null = null;

  constructor(
    private readonly callback: string,
    private readonly ports: LeasedPlacesPorts,
  ) {}

  get places(): number {
    return Math.min(this.ports.demand().total, this.#own + this.#leased);
  }

  admits(): boolean {
    const { total, inFlight } = this.ports.demand();
    if (inFlight < this.places) return true;
    if (!this.#asking && !this.#timer && this.#own < total) void this.#ask(1);
    return false;
  }

  /** A delivery that waits for a place that this process no longer has need not wait until the next renewal. */
  ended(): void {
    if (!this.#asking && this.#told > Math.max(this.#leased, this.#inUse)) void this.#ask();
  }

  get #own(): number {
    const ownedPartitions = this.ports.ownedPartitions();
    const { total } = this.ports.demand();
    if (this.#known?.ownedPartitions !== ownedPartitions || this.#known.total !== total) this.#known = { ownedPartitions, total, own: ownOf(ownedPartitions, total, this.callback) };
    return this.#known.own;
  }

  /** Counts only the leased places. */
  get #inUse(): number {
    return Math.max(0, this.ports.demand().inFlight - this.#own);
  }

  /** `atLeast`: so many more would start that are not queued yet. */
  async #ask(atLeast = 0): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { demand, lease, wake, ownedPartitions } = this.ports;
    const { total, inFlight, queued } = demand();
    const pool = poolOf(total);
    const before = this.#leased;
    const kept = Math.max(this.#inUse, before);
    const wanted = Math.min(pool, Math.max(0, inFlight + Math.max(atLeast, queued) - this.#own));
    if (wanted + kept > 0 || this.#told > 0) {
      this.#asking = true;
      const granted = await lease(pool, kept, wanted);
      this.#asking = false;
      this.#leased = granted ?? Math.max(0, shareOf(ownedPartitions(), total) - this.#own);
      this.#told = Math.max(this.#leased, kept);
    }
    if (wanted + kept > 0) this.#timer = setTimeout(() => void this.#ask(), this.places === 0 ? ASK_AGAIN_MS : RENEW_EVERY_MS).unref();
    if (this.#leased > before) wake();
    this.ended();
  }
}

const poolOf = (total: number): number => Math.ceil(total / 2);

const shareOf = ({ owned, count }: OwnedPartitions, total: number): number => Math.max(1, Math.floor((total * owned.length) / count));

/** The places that are not leased are spread evenly over the ring of partitions, from a point that depends on the callback. */
function ownOf({ owned, count }: OwnedPartitions, total: number, callback: string): number {
  if (owned.length >= count) return total;
  const spread = total - poolOf(total);
  const from = Buffer.from(callback).reduce((sum, byte) => (sum * 31 + byte) % count, 0);
  const upTo = (at: number): number => Math.ceil((at * spread) / count);
  return owned.reduce((sum, partition) => {
    const at = (partition + count - from) % count;
    return sum + upTo(at + 1) - upTo(at);
  }, 0);
}
