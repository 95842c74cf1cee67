/** What a fetch asks for of one partition. */
export interface FetchPartition {
  readonly partition: number;
  readonly fetchOffset: string;
  readonly maxBytes: number;
}

export type FetchTopics = readonly { readonly topic: string; readonly partitions: readonly FetchPartition[] }[];

/** The fields of a fetch request that a session decides on (Kafka protocol, "Fetch API", version 7). */
export interface SessionRequest {
  /** 0 = there is no session. */
  readonly sessionId: number;
  /** 0 = begins a session, and ends the one of that id; -1 = no session. */
  readonly sessionEpoch: number;
  readonly topics: FetchTopics;
  readonly forgottenTopics: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
}

const FIRST_EPOCH = 0;
const LAST_EPOCH = 0x7fffffff;

/**
 * A fetch session between a consumer and a broker (KIP-227): the broker remembers what it was asked for, so that a request names only the partitions that changed, and an
 * answer only those that have something new. One request is under way at a time.
 */
export class FetchSession {
  #id = 0;
  #epoch = FIRST_EPOCH;
  /** What the broker remembers, by topic and partition. */
  #known = new Map<string, Map<number, FetchPartition>>();

  /** The next request, if the consumer wants these partitions. Call `answered` or `failed` with what comes of it. */
  request(wanted: FetchTopics): SessionRequest {
    const known = new Map(wanted.map(({ topic, partitions }) => [topic, new Map(partitions.map((one) => [one.partition, one]))]));
    const before = this.#known;
    this.#known = known;
    if (this.#epoch === FIRST_EPOCH) return { sessionId: this.#id, sessionEpoch: FIRST_EPOCH, topics: wanted, forgottenTopics: [] };
    const isNew = (topic: string, one: FetchPartition): boolean => {
      const last = before.get(topic)?.get(one.partition);
      return last?.fetchOffset !== one.fetchOffset || last.maxBytes !== one.maxBytes;
    };
    return {
      sessionId: this.#id,
      sessionEpoch: this.#epoch,
      topics: wanted.map(({ topic, partitions }) => ({ topic, partitions: partitions.filter((one) => isNew(topic, one)) })).filter(({ partitions }) => partitions.length > 0),
      forgottenTopics: [...before].flatMap(([topic, partitions]) => {
        const gone = [...partitions.keys()].filter((partition) => !known.get(topic)?.has(partition));
        return gone.length ? [{ topic, partitions: gone }] : [];
      }),
    };
  }

  /** The broker has answered. `errorCode`: it does not know the session, or expected another epoch; nothing was fetched, and the next request begins a session. */
  answered({ errorCode = 0, sessionId = 0 }: { readonly errorCode?: number | undefined; readonly sessionId?: number | undefined }): void {
    if (errorCode !== 0 || sessionId === 0) this.#begin(0);
    else {
      this.#id = sessionId;
      this.#epoch = this.#epoch === LAST_EPOCH ? 1 : this.#epoch + 1;
    }
  }

  /** Whether the broker has seen the request is unknown: the next one ends the session and begins another. */
  failed(): void {
    this.#begin(this.#id);
  }

  #begin(endedId: number): void {
    this.#id = endedId;
    this.#epoch = FIRST_EPOCH;
  }
}
