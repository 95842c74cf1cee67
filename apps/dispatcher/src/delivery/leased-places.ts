import type { Concurrency, Demand } from './limiters.js';

/** How often a lease is renewed, and unneeded places are given back. */
const RENEW_EVERY_MS = 250;
/** How often who has no place at all asks again. */
const ASK_AGAIN_MS = 50;

/** Which partitions of `events` are this process's, of how many. */
export interface Ownership {
  readonly owned: readonly number[];
  readonly count: number;
}

export interface LeasedPlacesPorts {
  readonly demand: () => Demand;
  /** The same object as long as nothing changes. */
  readonly ownership: () => Ownership;
  /** Asks for places of the shared `pool`; `kept` of them are ours until the answer. Answers how many may be ours from now on, at most `wanted`. null = nobody can be asked. */
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
  /** How many places were ours at the last renewal. It is more than is leased while places that we have to give back are in use. */
  #told = 0;
  #asking = false;
  #timer: NodeJS.Timeout | undefined;
  #known: { readonly ownership: Ownership; readonly total: number; readonly own: number } | null = null;

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

  /** Deliveries that wait for places that are no longer ours need not wait until the next renewal. */
  ended(): void {
    if (!this.#asking && this.#told > Math.max(this.#leased, this.#inUse)) void this.#ask();
  }

  get #own(): number {
    const ownership = this.ports.ownership();
    const { total } = this.ports.demand();
    if (this.#known?.ownership !== ownership || this.#known.total !== total) this.#known = { ownership, total, own: ownOf(ownership, total, this.callback) };
    return this.#known.own;
  }

  /** Counts only the places that are not our own. */
  get #inUse(): number {
    return Math.max(0, this.ports.demand().inFlight - this.#own);
  }

  /** `atLeast`: so many would start that nobody has queued yet. */
  async #ask(atLeast = 0): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { demand, lease, wake, ownership } = this.ports;
    const { total, inFlight, queued } = demand();
    const pool = poolOf(total);
    const before = this.#leased;
    const kept = Math.max(this.#inUse, before);
    const wanted = Math.min(pool, Math.max(0, inFlight + Math.max(atLeast, queued) - this.#own));
    if (wanted + kept > 0 || this.#told > 0) {
      this.#asking = true;
      const granted = await lease(pool, kept, wanted);
      this.#asking = false;
      this.#leased = granted ?? Math.max(0, shareOf(ownership(), total) - this.#own);
      this.#told = Math.max(this.#leased, kept);
    }
    if (wanted + kept > 0) this.#timer = setTimeout(() => void this.#ask(), this.places === 0 ? ASK_AGAIN_MS : RENEW_EVERY_MS).unref();
    if (this.#leased > before) wake();
    this.ended();
  }
}

const poolOf = (total: number): number => Math.ceil(total / 2);

const shareOf = ({ owned, count }: Ownership, total: number): number => Math.max(1, Math.floor((total * owned.length) / count));

/** Those that are not leased lie evenly on the ring of partitions, from a point that is the callback's. */
function ownOf({ owned, count }: Ownership, total: number, callback: string): number {
  if (owned.length >= count) return total;
  const spread = total - poolOf(total);
  const from = Buffer.from(callback).reduce((sum, byte) => (sum * 31 + byte) % count, 0);
  const upTo = (at: number): number => Math.ceil((at * spread) / count);
  return owned.reduce((sum, partition) => {
    const at = (partition + count - from) % count;
    return sum + upTo(at + 1) - upTo(at);
  }, 0);
}
