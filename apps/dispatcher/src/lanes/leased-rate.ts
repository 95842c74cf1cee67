import type { RateLimit } from './limiters.js';

/** Starts may be late by so much and still count, since timers and round trips take time. With more, missed starts would come as a burst. */
export const TOLERANCE_MS = 25;
/** A lease covers so much time: one round trip for it, however high the rate. */
const LEASE_MS = 200;

/** `count` places in the fleet's schedule of one callback: the first in `startsInMs`, then one every `intervalMs`. 0 = the next place is further away than was asked for, and nobody's yet. */
export interface Starts {
  readonly startsInMs: number;
  readonly intervalMs: number;
  readonly count: number;
}

interface LeasedRatePorts {
  /** Asks the fleet for places within `withinMs`. Never rejects: a process that cannot ask the fleet uses a share of its own. */
  readonly lease: (intervalMs: number, count: number, withinMs: number) => Promise<Starts>;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly wake: () => void;
}

/** One callback's `perSecond` in this process. It takes leases while somebody waits, and uses each start no earlier than it is due. */
export class LeasedRate implements RateLimit {
  #left = 0;
  #dueAt: number;
  #intervalMs: number;
  #pending = false;

  constructor(
    private readonly perSecond: number,
    private readonly ports: LeasedRatePorts,
  ) {
    this.#intervalMs = 1_000 / perSecond;
    this.#dueAt = ports.now();
  }

  get nextInMs(): number {
    return Math.max(0, this.#dueAt - this.ports.now());
  }

  take(waiting: number, withinMs: number): boolean {
    const now = this.ports.now();
    this.#forfeit(now);
    if (this.#left > 0 && this.#dueAt <= now) {
      this.#left -= 1;
      this.#dueAt += this.#intervalMs;
      return true;
    }
    if (!this.#pending && (this.#left > 0 || this.#dueAt - now <= withinMs)) this.#arrange(waiting, withinMs, now);
    return false;
  }

  /** Starts that nobody used in time are lost. */
  #forfeit(now: number): void {
    const missed = Math.floor((now - this.#dueAt - TOLERANCE_MS) / this.#intervalMs);
    if (this.#left === 0 || missed <= 0) return;
    this.#left = Math.max(0, this.#left - missed);
    this.#dueAt += missed * this.#intervalMs;
  }

  /** Wakes the lane when the next start is due, or a lease has come. */
  #arrange(waiting: number, withinMs: number, now: number): void {
    this.#pending = true;
    const wake = (): void => {
      this.#pending = false;
      this.ports.wake();
    };
    if (this.#left > 0) setTimeout(wake, this.#dueAt - now).unref();
    else void this.#lease(waiting, withinMs).then(wake);
  }

  async #lease(waiting: number, withinMs: number): Promise<void> {
    const count = Math.max(1, Math.min(waiting, Math.ceil((this.perSecond * LEASE_MS) / 1_000)));
    const lease = await this.ports.lease(1_000 / this.perSecond, count, withinMs);
    this.#left = lease.count;
    this.#intervalMs = lease.intervalMs;
    this.#dueAt = this.ports.now() + lease.startsInMs;
  }
}
