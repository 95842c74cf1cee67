import { Logger } from '@nestjs/common';
import { ORIGIN_HEADER } from '@nuncio/contracts';
import type { InboundRecord } from '@nuncio/kafka';
import { bySlot, type RedisClient } from '@nuncio/token-store';
import { valueOf, type Sighting } from './sighting.js';

/**
 * `isRepetition` for many keys at once. KEYS: the keys of what was seen. ARGV, for each: its value, the seconds to remember it, and the hop of the record that it stands in
 * for, or ''. Remembers those that are no repetition, and returns which ones are, from 1. One command for any number of them: a pipeline of SET and GET costs both sides
 * several times as much. New keys take one call.
 */
const SEE = `
local function hopOf(value) return tonumber(string.match(value, ' (%d+) ?w?$') or 0) end
local function waits(value) return string.sub(value, -2) == ' w' end
local function recordOf(value) return waits(value) and string.sub(value, 1, -3) or value end
local repetitions = {}
for i, key in ipairs(KEYS) do
  local value, seconds, insteadOf = ARGV[3 * i - 2], ARGV[3 * i - 1], tonumber(ARGV[3 * i])
  if not redis.call('SET', key, value, 'EX', seconds, 'NX') then
    local seen = redis.call('GET', key)
    local tooLate = insteadOf and not waits(seen) and hopOf(seen) >= insteadOf
    if recordOf(seen) == recordOf(value) or (hopOf(seen) < hopOf(value) and not tooLate) then
      redis.call('SET', key, value, 'EX', seconds)
    else
      repetitions[#repetitions + 1] = i
    end
  end
end
return repetitions`;

/** Redis does nothing else meanwhile, for about a millisecond. */
const AT_ONCE = 1_000;

export const placeOf = ({ topic, partition, offset }: InboundRecord): string => `${topic}-${partition}-${offset}`;

/** A topic's name has at most 249 characters. */
const PLACE = /^[\w.-]{1,300}$/;

/**
 * The place where a record was first appended. It tells a second copy from the first one, even if the first one is read again, or published again
 * from quarantine.
 */
export function firstPlaceOf(record: InboundRecord): string {
  const origin = record.headers[ORIGIN_HEADER];
  const place = origin === undefined ? '' : String(origin);
  return PLACE.test(place) ? place : placeOf(record);
}

/**
 * Remembers in Redis what was seen (`sighting.ts`), one key each. A batch takes one round trip; in a cluster, one for each slot. While Redis is away
 * everything counts as new: it is delivered, and the caller counts it.
 */
export class Duplicates {
  readonly #logger = new Logger('Duplicates');
  #away = false;
  #gathered: Sighting[] = [];
  #asking: Promise<ReadonlySet<number> | null> | null = null;

  constructor(
    private readonly redis: Pick<RedisClient, 'eval'>,
    private readonly prefix: string,
  ) {}

  /**
   * For each sighting, whether it is a repetition; null = Redis could not be asked. Sightings of several partitions that are asked for in the same
   * turn of the event loop go as one request.
   */
  async among(sightings: readonly Sighting[]): Promise<boolean[] | null> {
    if (!sightings.length) return [];
    const from = this.#gathered.length;
    for (const sighting of sightings) this.#gathered.push(sighting);
    this.#asking ??= new Promise((resolve) => setImmediate(() => { resolve(this.#ask()); }));
    const repetitions = await this.#asking;
    return repetitions && sightings.map((_, i) => repetitions.has(from + i));
  }

  /** Which of the gathered sightings are repetitions. */
  async #ask(): Promise<ReadonlySet<number> | null> {
    const sightings = this.#gathered;
    this.#gathered = [];
    this.#asking = null;
    try {
      const found: Promise<number[]>[] = [];
      const numbered = sightings.map((sighting, n) => ({ n, sighting, key: `${this.prefix}:seen:${sighting.key}` }));
      for (const group of bySlot(this.redis, numbered, ({ key }) => key)) {
        for (let from = 0; from < group.length; from += AT_ONCE) found.push(this.#see(group.slice(from, from + AT_ONCE)));
      }
      const repetitions = new Set((await Promise.all(found)).flat());
      this.#away = false;
      return repetitions;
    } catch (error) {
      if (!this.#away) this.#logger.warn(`Redis does not answer. Until it does, records are not checked for duplicates: ${String(error)}`);
      this.#away = true;
      return null;
    }
  }

  /** The keys of one slot, if Redis is a cluster. */
  async #see(some: readonly Numbered[]): Promise<number[]> {
    const values = some.flatMap(({ sighting }) => [valueOf(sighting), sighting.seconds, sighting.insteadOf ?? '']);
    const repetitions = (await this.redis.eval(SEE, some.length, ...some.map(({ key }) => key), ...values)) as number[];
    return repetitions.flatMap((n) => some[n - 1]?.n ?? []);
  }
}

/** A sighting, its index among the gathered ones, and its key in Redis. */
interface Numbered {
  readonly n: number;
  readonly sighting: Sighting;
  readonly key: string;
}
