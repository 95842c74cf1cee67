import type { Tier } from '@nuncio/contracts';
import { holdTier, holdTiers } from '@nuncio/retry';
import { Queue } from './queue.js';
import { Ranking } from './ranking.js';

const LONGEST_MS = Math.max(...holdTiers.map(({ delayMs }) => delayMs));

interface Returning {
  readonly at: number;
  readonly order: number;
}

/**
 * The deliveries of one callback that this process has on hold, in their order: the first to be held is the first to start. Each is removed when the
 * time of its tier has passed, since it is then on its way back, here or to another process.
 */
export class Held {
  /** A tier's delay is constant, so its first delivery is the next to return. */
  readonly #returning = holdTiers.map((tier) => ({ tier, queue: new Queue<Returning>() }));
  readonly #orders = new Ranking();
  /** The limit with which the last one was put on hold, unless there was an answer since. */
  #returnsPerSecond: number | null = null;
  /** When the last one had its turn to come back. */
  #turnAt = -Infinity;

  constructor(private readonly now: () => number) {}

  get count(): number {
    this.#forget();
    return this.#orders.size;
  }

  /** How many of them come before this order. */
  before(order: number): number {
    this.#forget();
    return this.#orders.below(order);
  }

  /**
   * Puts one on hold: in the longest tier not above its expected wait, or in a longer one if `returnsPerSecond` come back from that tier already;
   * null = no limit.
   */
  add(order: number, expectedWaitMs: number, returnsPerSecond: number | null): Tier {
    this.#forget();
    this.#returnsPerSecond = returnsPerSecond;
    const from = this.#returning.findIndex(({ tier }) => tier === holdTier(expectedWaitMs));
    const longEnough = this.#returning.slice(from);
    const chosen = longEnough.find(({ tier, queue }) => returnsPerSecond === null || queue.length < Math.max(1, (returnsPerSecond * tier.delayMs) / 1_000)) ?? longEnough.at(-1);
    if (!chosen) throw new Error('there are no hold tiers');
    chosen.queue.push({ at: this.now() + chosen.tier.delayMs, order });
    this.#orders.add(order);
    return chosen.tier;
  }

  /**
   * Milliseconds until a delivery whose hold is over has its turn to come back; 0 = now. With a limit of returns they come one by one, since those that
   * were held in a burst would come back as one each time. They come as fast as the holds of all tiers may end, so that they do not pile up.
   */
  turnMs(): number {
    if (this.#returnsPerSecond === null) return 0;
    const now = this.now();
    const perSecond = holdTiers.length * this.#returnsPerSecond + (this.count * 1_000) / LONGEST_MS;
    this.#turnAt = Math.max(now, this.#turnAt + 1_000 / perSecond);
    return this.#turnAt - now;
  }

  /** The endpoint has answered: what comes back comes at once. */
  answered(): void {
    this.#returnsPerSecond = null;
  }

  #forget(): void {
    const now = this.now();
    for (const { queue } of this.#returning) {
      while ((queue.first?.at ?? Infinity) <= now) this.#orders.remove(queue.shift()?.order ?? 0);
    }
  }
}
