import { randomUUID } from 'node:crypto';
import type { RedisClient } from '@nuncio/token-store';
import { RedisAnswers } from './redis-answers.js';

/** A lease that was not renewed for so long is free, since its process is gone. */
const EXPIRE_MS = 3_000;

/**
 * KEYS: the holders of a callback's leased places and how many each has, as JSON. ARGV: process, pool, kept, wanted, milliseconds until it expires. Returns how many the
 * process may have from now on. A process holds the places that it keeps until it says otherwise, even if it may have fewer. A process with fewer than wanted, and fewer
 * than an even part, waits from then on. Those that have waited longest get theirs first, up to an even part, so that a single place goes round.
 * An end later than any can be was written before the clock of Redis was put back; that lease is over.
 */
const LEASE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local me, pool, kept, wanted, expire = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local all = cjson.decode(redis.call('GET', KEYS[1]) or '{}')
local since, taken, count = 0, 0, 1
for id, one in pairs(all) do
  if id == me then
    since = one.since
    all[id] = nil
  elseif one.ends <= now or one.ends > now + expire then
    all[id] = nil
  else
    taken = taken + one.has
    count = count + 1
  end
end
local even = math.max(1, math.floor(pool / count))
local waits = since > 0 and since or now
for id, one in pairs(all) do
  if one.since > 0 and (one.since < waits or (one.since == waits and id < me)) then taken = taken + math.max(0, math.min(one.wants, even) - one.has) end
end
local mine = math.max(0, math.min(wanted, pool - taken))
if mine >= math.min(wanted, even) then waits = 0 end
if wanted > 0 or kept > 0 then all[me] = { has = math.max(mine, kept), wants = wanted, since = waits, ends = now + expire } end
redis.call('SET', KEYS[1], cjson.encode(all), 'PX', expire)
return mine`;

interface PlaceLeasesPorts {
  readonly redis: Pick<RedisClient, 'eval'>;
  /** The installation's prefix, `nuncio`; keys are `<prefix>:places:<callback>`. */
  readonly prefix: string;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** Leases of places in flight, with one Redis key per callback. */
export class PlaceLeases {
  readonly #process = randomUUID();
  readonly #answers: RedisAnswers;

  constructor(private readonly ports: PlaceLeasesPorts) {
    this.#answers = new RedisAnswers('PlaceLeases', "each dispatcher has its share of a callback's places", ports.now);
  }

  /** See `LeasedPlacesPorts.lease`. Never rejects. */
  lease(callback: string, pool: number, kept: number, wanted: number): Promise<number | null> {
    const { redis, prefix } = this.ports;
    return this.#answers.to(async () => Number(await redis.eval(LEASE, 1, `${prefix}:places:${callback}`, this.#process, pool, kept, wanted, EXPIRE_MS)));
  }
}
