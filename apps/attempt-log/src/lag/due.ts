/** Offsets of one partition, as Kafka gives them for a consumer group. */
export interface Progress {
  /** The topic's name in the contract. */
  readonly topic: string;
  readonly partition: number;
  /** The offset of the first record that is not due yet, or the end. */
  readonly dueEnd: number;
  /** The offset of the first record that is not finished. */
  readonly watermark: number;
  /** Number of finished records from the watermark to `dueEnd`. */
  readonly finished: number;
}

/** The lag of one partition: `records` that are due and not finished, and for at least how long (`lateMs`). */
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

/** Looks that are remembered. Lateness is exact to the interval between looks; with more looks it may be too low. */
const LOOKS = 360;

/** Computes the lag of consumer groups. Pure: times are epoch milliseconds, given by the caller. */
export class Due {
  readonly #looks = new Map<string, Look[]>();

  /** `lateMs` is the time since the first look at which a record was due that is still not finished. */
  look(partitions: readonly Progress[], at: number): Lag[] {
    return partitions.map(({ topic, partition, dueEnd, watermark, finished }) => {
      const key = `${topic} ${partition}`;
      const looks = (this.#looks.get(key) ?? []).filter((look) => look.dueEnd > watermark);
      if (dueEnd > watermark) looks.push({ at, dueEnd });
      // The oldest look stays, since lateness counts from it.
      if (looks.length > LOOKS) looks.splice(1, 1);
      this.#looks.set(key, looks);
      return { topic, partition, records: Math.max(0, dueEnd - watermark - finished), lateMs: at - (looks[0]?.at ?? at) };
    });
  }
}
