import type { Topic } from '@nuncio/contracts';
import type { KafkaSettings } from '../connection/kafka.js';
import type { Undecodable } from './record-batch.js';

export interface KafkaServerOptions {
  readonly kafka: KafkaSettings;
  /** Consumer group, without the installation's prefix. */
  readonly group: string;
  /** The group belongs to this process alone, and is deleted at the end; default false. */
  readonly ownGroup?: boolean;
  /** What a handler names to be called by this group: `@EventPattern('attempts', WORK)`. */
  readonly transportId: symbol;
  /**
   * Quarantines records that cannot be decoded (an unknown codec, a wrong checksum), or logs why they are skipped. It is called again after a
   * rejection.
   */
  readonly putAway: (batch: Undecodable, lost: AbortSignal) => Promise<void>;
  /**
   * The topic that holds what the group has done. If it has records and the group has no offsets, these are lost: the group says so, and does everything again.
   */
  readonly workTopic?: Topic;
  /** Whether a group without offsets starts at the first record; default true. */
  readonly fromBeginning?: boolean;
  /**
   * The headers that say whose a record is: the first that it has counts. Records with one value are a flow, which delays no other flow, whatever its length. Default: all
   * records are one flow.
   */
  readonly flowHeaders?: readonly string[];
  /** The most records that the handler gets at once; default 500. A record of another flow waits for the batch before it, and each record may be many pieces of work. */
  readonly maxBatch?: number;
  /** A fetch waits for so many bytes, at most 200 ms; default 1, so that every record comes at once. */
  readonly minBytes?: number;
  /** How often finished records are committed, a multiple of 250 ms; default 250 ms. What finished since is done again after a crash. */
  readonly commitEveryMs?: number;
  /**
   * A record of this topic is handed over so many milliseconds after its append, or up to half a second earlier: its handler waits for the exact time. The topics are then delay
   * tiers, in which the first record is always the next one due.
   */
  readonly delayMs?: (topic: string) => number;
  /** Epoch milliseconds, by the clock that sets the timestamps for `delayMs`; default: this process's. */
  readonly now?: () => number;
  /** Called before this member joins a group again: starts nothing more, and finishes what is in flight. It must limit its own time. */
  readonly beforeRebalance?: () => Promise<void>;
  readonly afterRebalance?: () => void;
  /**
   * Called when stopping, after the wait for unfinished records and before the last commit: leaves unfinished records to the next owner. It must
   * limit its own time.
   */
  readonly beforeGivingUp?: () => Promise<void>;
  /** How long to wait for unfinished records when stopping; default 8 s. */
  readonly drainMs?: number;
  /** Called when the consumer has failed for good; default: exit, so that a supervisor starts the service again. */
  readonly onCrash?: (error: Error) => void;
  /** How often to check that the consumer is alive; default 10 s. */
  readonly watchEveryMs?: number;
}
