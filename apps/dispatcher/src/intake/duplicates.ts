import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';

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
  #asking: Promise<(string | null)[] | null> | null = null;

  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
    private readonly windowSeconds: number,
  ) {}

  /** Per sighting: is it a duplicate? null = nobody could be asked. What is asked for in the same turn of the event loop, of several partitions, goes as one. */
  async among(sightings: readonly Sighting[]): Promise<boolean[] | null> {
    if (!sightings.length || this.windowSeconds === 0) return sightings.map(() => false);
    const from = this.#gathered.length;
    this.#gathered.push(...sightings);
    this.#asking ??= new Promise((resolve) => setImmediate(() => { resolve(this.#ask()); }));
    const places = await this.#asking;
    return places && sightings.map(({ place }, i) => (places[from + i] ?? place) !== place);
  }

  /** The places at which the gathered keys were seen first. */
  async #ask(): Promise<(string | null)[] | null> {
    const sightings = this.#gathered;
    this.#gathered = [];
    this.#asking = null;
    const pipeline = this.redis.pipeline();
    for (const { key, place } of sightings) {
      pipeline.set(this.#keyOf(key), place, 'EX', this.windowSeconds, 'NX');
      pipeline.get(this.#keyOf(key));
    }
    try {
      const answers = (await pipeline.exec()) ?? [];
      const failed = answers.find(([error]) => error)?.[0];
      if (failed) throw failed;
      this.#away = false;
      return sightings.map((_, i) => answers[2 * i + 1]?.[1] as string | null);
    } catch (error) {
      if (!this.#away) this.#logger.warn(`Redis is away, events are delivered unchecked: ${String(error)}`);
      this.#away = true;
      return null;
    }
  }

  #keyOf(key: string): string {
    return `${this.prefix}:seen:${key}`;
  }
}
