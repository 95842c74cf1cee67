import type { RecordHeaders } from '@nuncio/contracts';
import type { RawHeader } from './fetched-record.js';

/** The pieces of work that one record is: the deliveries of a fan-out. Numbers count from 0. */
export interface RecordParts {
  /** Whether this or a former owner has finished it. */
  isDone(part: number): boolean;
  /** A new owner knows of it once it is committed (250 ms). It does not finish the record: `InboundRecord.done()` does, when all of them are. */
  done(part: number): void;
}

/** A record as it was read. Whoever handles it says `done()` when its work is durable; its offset is committed only behind everything finished. */
export interface InboundRecord {
  /** As Kafka knows it, with the installation's prefix. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: RecordHeaders;
  /** All headers as Kafka has them, of a record that was read from it. */
  readonly rawHeaders?: readonly RawHeader[] | undefined;
  /** Milliseconds since the epoch, at least 0: the broker's where the topic is stamped on append. */
  readonly timestamp: number;
  /**
   * Splits a record into pieces of work, in an order that is the same for every owner. The first call sets their number. `list`: a fingerprint (16 bits) of
   * the pieces, if the record does not contain them and each owner finds them anew. Pieces of another list do not count, and a commit contains them
   * only as far as it has room.
   */
  split(parts: number, list?: number): RecordParts;
  done(): void;
  /** Not done, and will not be here: its partition is lost or the service stops. */
  abandon(): void;
}

/** The records that a handler gets: some of one partition, in order. `topic` is the contract's name, without prefix. */
export interface RecordBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly InboundRecord[];
  /** Aborted when the partition is lost or the service stops: what has not been started is somebody else's. */
  readonly signal: AbortSignal;
  /** Aborted when the partition is lost: what has been started, too, is somebody else's now. While the service stops it is still ours to finish. */
  readonly lost: AbortSignal;
}

/** Resolves when the next batch of the partition may come. A rejection means: deliver the unfinished records again. */
export type BatchHandler = (batch: RecordBatch) => Promise<unknown>;

/** A batch whose records cannot be decoded. `record` stands for all of them: the batch's bytes are its value, and its last offset is its own. */
export interface Undecodable {
  /** The contract's name. */
  readonly topic: string;
  readonly record: InboundRecord;
  readonly firstOffset: string;
  /** The fault of the batch. */
  readonly detail: string;
}
