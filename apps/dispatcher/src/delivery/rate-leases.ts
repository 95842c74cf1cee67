import { Logger } from '@nestjs/common';
import type { RedisClient } from '@nuncio/token-store';
import { metrics } from '../metrics.js';
import { TOLERANCE_MS, type Lease } from './rate-limit.js';

/** How long Redis is not asked again after it did not answer. */
const AWAY_MS = 5_000;

/**
 * The fleet's schedule of a callback is one number: when its next place is due (the generic cell rate algorithm). A lease moves it on.
 * KEYS: that number. ARGV, in microseconds: interval, count, tolerance. Returns how far away the first place is.
 */
const LEASE = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local first = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now - ARGV[3])
local next = first + ARGV[1] * ARGV[2]
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.max(1, math.ceil((next - now) / 1000)) + 1000)
return first - now`;

export interface RateLeasesPorts {
  readonly redis: Pick<RedisClient, 'eval'>;
  /** The installation's prefix, `nuncio`; keys are `<prefix>:rate:<callback>:<per second>`. */
  readonly prefix: string;
  /** The part of the fleet's work that this process does, in (0, 1]: its part of every rate while Redis is away. */
  readonly share: () => number;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

/** Gives out leases: of the fleet's schedule in Redis, and of this process's share of it while Redis is away. */
export class RateLeases {
  readonly #logger = new Logger('RateLeases');
  readonly #local = new Map<string, number>();
  #awayUntil = -Infinity;

  constructor(private readonly ports: RateLeasesPorts) {}

  async lease(callback: string, intervalMs: number, count: number): Promise<Lease> {
    const { redis, prefix, now } = this.ports;
    if (now() < this.#awayUntil) return this.#leaseLocally(callback, intervalMs, count);
    const key = `${prefix}:rate:${callback}:${1_000 / intervalMs}`;
    try {
      const startsIn = await redis.eval(LEASE, 1, key, Math.round(intervalMs * 1_000), count, TOLERANCE_MS * 1_000);
      // What was given out here is past with the outage.
      this.#local.clear();
      return { startsInMs: Number(startsIn) / 1_000, intervalMs, count };
    } catch (error) {
      this.#logger.warn(`Redis is away, rates are limited to this process's share: ${String(error)}`);
      this.#awayUntil = now() + AWAY_MS;
      return this.#leaseLocally(callback, intervalMs, count);
    }
  }

  #leaseLocally(callback: string, fleetIntervalMs: number, count: number): Lease {
    metrics.rateLocal.inc(count);
    const now = this.ports.now();
    const intervalMs = fleetIntervalMs / this.ports.share();
    const first = Math.max(this.#local.get(callback) ?? 0, now - TOLERANCE_MS);
    this.#local.set(callback, first + intervalMs * count);
    return { startsInMs: first - now, intervalMs, count };
  }
}
