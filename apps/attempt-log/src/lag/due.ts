/** What Kafka says of one partition of a group's topics. Offsets. */
export interface Progress {
  /** As it is called in the contract. */
  readonly topic: string;
  readonly partition: number;
  /** The first record that is not due yet, or the end. */
  readonly dueEnd: number;
  /** The lowest record that is not finished. */
  readonly watermark: number;
  /** Of those below `dueEnd`, and above the watermark. */
  readonly finished: number;
}

/** Of one partition: how much could be worked on, and for how long at least that has been so. */
export interface Lag {
  readonly topic: string;
  readonly partition: number;
  readonly records: number;
  readonly lateMs: number;
}

interface Look {
  readonly at: number;
  readonly dueEnd: number;
}

/** So many looks back, lateness is exact to a look; beyond, to the oldest one. */
const LOOKS = 360;

/** How much a consumer group could be working on, and for how long that has been so. Pure: times are epoch milliseconds, from whoever looks. */
export class Due {
  readonly #looks = new Map<string, Look[]>();

  /** `lateMs`: since the first look that found something due which is not finished now; what was due before the first look of all counts from then. */
  look(partitions: readonly Progress[], at: number): Lag[] {
    return partitions.map(({ topic, partition, dueEnd, watermark, finished }) => {
      const key = `${topic} ${partition}`;
      const looks = (this.#looks.get(key) ?? []).filter((look) => look.dueEnd > watermark);
      if (dueEnd > watermark) looks.push({ at, dueEnd });
      // The oldest stays: it tells for how long.
      if (looks.length > LOOKS) looks.splice(1, 1);
      this.#looks.set(key, looks);
      return { topic, partition, records: Math.max(0, dueEnd - watermark - finished), lateMs: at - (looks[0]?.at ?? at) };
    });
  }
}
