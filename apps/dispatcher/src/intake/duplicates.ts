import { Logger } from '@nestjs/common';
import { ORIGIN_HEADER } from '@nuncio/contracts';
import type { InboundRecord } from '@nuncio/kafka';
import { bySlot, type RedisClient } from '@nuncio/token-store';
import { valueOf, type Sighting } from './sighting.js';

/** Stands for a repetition among the hops that `SEE` returns. */
const REPETITION = -1;

/**
 * `hopOf` for many keys at once, and remembers those that are no repetition. KEYS: the keys of what was seen. ARGV, for each: its value, the seconds to remember it, and the
 * hop of the record that it stands in for, or ''. Returns index (from 1) and hop of those that do not stand at their own hop, one after the other. One command for any
 * number of them: a pipeline of SET and GET costs both sides several times as much. New keys take one call.
 */
const SEE = `
local function read(value)
  local place, hop, waits = string.match(value, '^(%S+) ?(%d*) ?(w?)$')
  return place, tonumber(hop), waits
end
local others = {}
for i, key in ipairs(KEYS) do
  local value, seconds, insteadOf = ARGV[3 * i - 2], ARGV[3 * i - 1], tonumber(ARGV[3 * i])
  if not redis.call('SET', key, value, 'EX', seconds, 'NX') then
    local place, own, waits = read(value)
    local seenPlace, seenHop, seenWaits = read(redis.call('GET', key))
    local hop = own or 0
    seenHop = seenHop or 0
    local tooLate = insteadOf and seenWaits == '' and seenHop >= insteadOf
    local stands = ${REPETITION}
    if place == seenPlace then
      stands = math.max(hop, seenHop + 1)
    elseif hop > seenHop and not tooLate then
      stands = hop
    end
    if stands ~= ${REPETITION} then
      if own then value = place .. ' ' .. string.format('%.0f', stands) .. (waits == '' and '' or ' w') end
      redis.call('SET', key, value, 'EX', seconds)
    end
    if stands ~= hop then
      others[#others + 1] = i
      others[#others + 1] = stands
    end
  end
end
return others`;

/** Redis does nothing else meanwhile, for about a millisecond. */
const AT_ONCE = 1_000;

export const placeName = ({ topic, partition, offset }: InboundRecord): string => `${topic}-${partition}-${offset}`;

/** A topic's name has at most 249 characters. */
const PLACE = /^[\w.-]{1,300}$/;

/**
 * The place where a record was first appended. It tells a second copy from the first one, even if the first one is read again, or published again
 * from quarantine.
 */
export function firstPlaceOf(record: InboundRecord): string {
  const origin = record.headers[ORIGIN_HEADER];
  const place = origin === undefined ? '' : String(origin);
  return PLACE.test(place) ? place : placeName(record);
}

/**
 * Remembers in Redis what was seen (`sighting.ts`), one key each. A batch takes one round trip; in a cluster, one for each slot. While Redis is away
 * everything counts as new: it is delivered, and the caller counts it.
 */
export class Duplicates {
  readonly #logger = new Logger('Duplicates');
  #away = false;
  #gathered: Sighting[] = [];
  #asking: Promise<ReadonlyMap<number, number> | null> | null = null;

  constructor(
    private readonly redis: Pick<RedisClient, 'eval'>,
    private readonly prefix: string,
  ) {}

  /**
   * The hop at which each record stands (`hopOf`), or null for a repetition; null for all = Redis could not be asked. Sightings of several partitions that are asked for in the
   * same turn of the event loop go as one request.
   */
  async among(sightings: readonly Sighting[]): Promise<(number | null)[] | null> {
    if (!sightings.length) return [];
    const from = this.#gathered.length;
    for (const sighting of sightings) this.#gathered.push(sighting);
    this.#asking ??= new Promise((resolve) => setImmediate(() => { resolve(this.#ask()); }));
    const others = await this.#asking;
    if (!others) return null;
    return sightings.map(({ hop }, i) => {
      const stands = others.get(from + i) ?? hop ?? 0;
      return stands === REPETITION ? null : stands;
    });
  }

  /** Those of the gathered sightings that do not stand at their own hop. */
  async #ask(): Promise<ReadonlyMap<number, number> | null> {
    const sightings = this.#gathered;
    this.#gathered = [];
    this.#asking = null;
    try {
      const found: Promise<[number, number][]>[] = [];
      const numbered = sightings.map((sighting, n) => ({ n, sighting, key: `${this.prefix}:seen:${sighting.key}` }));
      for (const group of bySlot(this.redis, numbered, ({ key }) => key)) {
        for (let from = 0; from < group.length; from += AT_ONCE) found.push(this.#see(group.slice(from, from + AT_ONCE)));
      }
      const others = new Map((await Promise.all(found)).flat());
      this.#away = false;
      return others;
    } catch (error) {
      if (!this.#away) this.#logger.warn(`Redis does not answer. Until it does, records are not checked for duplicates: ${String(error)}`);
      this.#away = true;
      return null;
    }
  }

  /** The keys of one slot, if Redis is a cluster. */
  async #see(some: readonly Numbered[]): Promise<[number, number][]> {
    const values = some.flatMap(({ sighting }) => [valueOf(sighting), sighting.seconds, sighting.insteadOf ?? '']);
    const others = (await this.redis.eval(SEE, some.length, ...some.map(({ key }) => key), ...values)) as number[];
    return Array.from({ length: others.length / 2 }, (_, pair) => [some[(others[2 * pair] ?? 0) - 1]?.n ?? NaN, others[2 * pair + 1] ?? REPETITION]);
  }
}

/** A sighting, its index among the gathered ones, and its key in Redis. */
interface Numbered {
  readonly n: number;
  readonly sighting: Sighting;
  readonly key: string;
}
