import type { RecordHeaders } from '@nuncio/contracts';

/** A record as it was read. Whoever handles it says `done()` when its work is durable; its offset is committed only behind everything finished. */
export interface InboundRecord {
  /** As Kafka knows it, with the installation's prefix. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: RecordHeaders;
  /** Milliseconds since the epoch: the broker's where the topic is stamped on append. */
  readonly timestamp: number;
  done(): void;
  /** Not done, and will not be here: its partition is lost or the service stops. */
  abandon(): void;
}

/** What a handler gets: some records of one partition, in order. `topic` is the contract's name, without prefix. */
export interface RecordBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly InboundRecord[];
  /** Aborted when the partition is lost or the service stops: what has not been started is somebody else's. */
  readonly signal: AbortSignal;
  /** Aborted when the partition is lost: what has been started, too, is somebody else's now. While the service stops it is still ours to finish. */
  readonly lost: AbortSignal;
}

/** Returns when the next batch of the partition may come. A throw means: give me again what is not done. */
export type BatchHandler = (batch: RecordBatch) => Promise<unknown>;
