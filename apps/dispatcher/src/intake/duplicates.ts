import { Logger } from '@nestjs/common';
import type { InboundRecord } from '@nuncio/kafka';
import type { Redis } from 'ioredis';

/**
 * KEYS: what was seen. ARGV: the window in seconds, then the place of each. Remembers what is new; returns which of them, from 1, were first seen elsewhere.
 * One command for any number of them: a pipeline of SET and GET costs both sides several times as much.
 */
const SEEN = `
local elsewhere = {}
for i, key in ipairs(KEYS) do
  local place = ARGV[i + 1]
  if not redis.call('SET', key, place, 'EX', ARGV[1], 'NX') and redis.call('GET', key) ~= place then
    elsewhere[#elsewhere + 1] = i
  end
end
return elsewhere`;

/** Where a record lies: what tells a second copy from the first one that is read again. */
export const placeOf = ({ topic, partition, offset }: InboundRecord): string => `${topic}-${partition}-${offset}`;

/** Something that may come twice, and the place (topic, partition, offset) it came from this time. */
export interface Sighting {
  readonly key: string;
  readonly place: string;
}

/**
 * Remembers where a key was first seen, so that a second copy is recognised, and a record that is read again after a crash is still its own first copy.
 * One round trip for any number of them. With Redis away everything is a first copy: delivered, and counted by the caller.
 */
export class Duplicates {
  readonly #logger = new Logger('Duplicates');
  #away = false;
  #gathered: Sighting[] = [];
  #asking: Promise<ReadonlySet<number> | null> | null = null;

  constructor(
    private readonly redis: Pick<Redis, 'eval'>,
    private readonly prefix: string,
    private readonly windowSeconds: number,
  ) {}

  /** Per sighting: is it a duplicate? null = nobody could be asked. What is asked for in the same turn of the event loop, of several partitions, goes as one. */
  async among(sightings: readonly Sighting[]): Promise<boolean[] | null> {
    if (!sightings.length || this.windowSeconds === 0) return sightings.map(() => false);
    const from = this.#gathered.length;
    this.#gathered.push(...sightings);
    this.#asking ??= new Promise((resolve) => setImmediate(() => { resolve(this.#ask()); }));
    const elsewhere = await this.#asking;
    return elsewhere && sightings.map((_, i) => elsewhere.has(from + i));
  }

  /** Which of the gathered sightings are not the first ones of their keys. */
  async #ask(): Promise<ReadonlySet<number> | null> {
    const sightings = this.#gathered;
    this.#gathered = [];
    this.#asking = null;
    const keys = sightings.map(({ key }) => `${this.prefix}:seen:${key}`);
    try {
      const elsewhere = await this.redis.eval(SEEN, keys.length, ...keys, this.windowSeconds, ...sightings.map(({ place }) => place));
      this.#away = false;
      return new Set((elsewhere as number[]).map((n) => n - 1));
    } catch (error) {
      if (!this.#away) this.#logger.warn(`Redis is away, events are delivered unchecked: ${String(error)}`);
      this.#away = true;
      return null;
    }
  }
}
