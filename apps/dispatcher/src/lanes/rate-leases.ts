import type { RedisClient } from '@nuncio/token-store';
import { metrics } from '../metrics.js';
import { TOLERANCE_MS, type Starts } from './leased-rate.js';
import { RedisAnswers } from './redis-answers.js';

/**
 * The fleet's schedule of a callback is one number: the time of its next place (the generic cell rate algorithm). A lease moves it on, unless the first place
 * is too far away for anybody to wait for. If it is further ahead than a schedule can be, the clock of Redis was put back, and the schedule begins anew. KEYS: that
 * number. ARGV, in microseconds: interval, count, tolerance, the furthest, how far ahead a schedule can be. Returns how far away the first place is, and how many are
 * leased.
 */
const LEASE = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local first = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now - ARGV[3])
if first - now > tonumber(ARGV[5]) then first = now - ARGV[3] end
if first - now > tonumber(ARGV[4]) then return {first - now, 0} end
local next = first + ARGV[1] * ARGV[2]
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.max(1, math.ceil((next - now) / 1000)) + 1000)
return {first - now, tonumber(ARGV[2])}`;

/** More than the longest timeout of a request, for which starts are leased, and the lease behind it. */
const FURTHEST_AHEAD_MS = 60_000;

interface RateLeasesPorts {
  readonly redis: Pick<RedisClient, 'eval'>;
  /** The installation's prefix, `nuncio`; keys are `<prefix>:rate:<callback>:<per second>`. */
  readonly prefix: string;
  /** The share of the partitions that this process has, in (0, 1]: its share of every rate while Redis is away. */
  readonly share: () => number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** Gives out leases: from the fleet's schedule in Redis, and from this process's share of it while Redis is away. */
export class RateLeases {
  readonly #local = new Map<string, number>();
  readonly #answers: RedisAnswers;

  constructor(private readonly ports: RateLeasesPorts) {
    this.#answers = new RedisAnswers('RateLeases', "rates are limited to this process's share", ports.now);
  }

  async lease(callback: string, intervalMs: number, count: number, withinMs: number): Promise<Starts> {
    const { redis, prefix } = this.ports;
    const key = `${prefix}:rate:${callback}:${1_000 / intervalMs}`;
    const given = await this.#answers.to(() => redis.eval(LEASE, 1, key, micros(intervalMs), count, micros(TOLERANCE_MS), micros(withinMs), micros(FURTHEST_AHEAD_MS + 2 * intervalMs)));
    if (given === null) return this.#leaseLocally(callback, intervalMs, count, withinMs);
    // Starts that were granted here during the outage no longer count.
    this.#local.clear();
    const [startsIn, leased] = given as [number, number];
    return { startsInMs: startsIn / 1_000, intervalMs, count: leased };
  }

  #leaseLocally(callback: string, fleetIntervalMs: number, count: number, withinMs: number): Starts {
    const now = this.ports.now();
    const intervalMs = fleetIntervalMs / this.ports.share();
    const first = Math.max(this.#local.get(callback) ?? 0, now - TOLERANCE_MS);
    if (first - now > withinMs) return { startsInMs: first - now, intervalMs, count: 0 };
    metrics.rateLocal.inc(count);
    this.#local.set(callback, first + intervalMs * count);
    return { startsInMs: first - now, intervalMs, count };
  }
}

const micros = (ms: number): number => Math.round(ms * 1_000);
