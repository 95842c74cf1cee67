import type { KafkaSettings } from './kafka.js';
import type { Undecodable } from './record-batch.js';

export interface KafkaServerOptions {
  readonly kafka: KafkaSettings;
  /** Consumer group, without the installation's prefix. */
  readonly group: string;
  /** The group is this process's own, and is deleted at the end; default false. */
  readonly ownGroup?: boolean;
  /** What a handler names to be served by this group: `@EventPattern('attempts', WORK)`. */
  readonly transportId: symbol;
  /** Puts records away that cannot be decoded (an unknown codec, a wrong checksum), or says why they are passed over. A rejection is followed by another try. */
  readonly putAway: (batch: Undecodable, lost: AbortSignal) => Promise<void>;
  /** Whether a group without offsets begins at the beginning; default true. */
  readonly fromBeginning?: boolean;
  /** A fetch waits for so many bytes, at most 100 ms; default 1, so that every record comes as soon as it is there. */
  readonly minBytes?: number;
  /** A record of this topic is taken no earlier than so many milliseconds after its append; the topics are then delay tiers, whose head is always the next one due. */
  readonly delayMs?: (topic: string) => number;
  /** Epoch milliseconds, by the clock that stamps the records which `delayMs` is about; default: ours. */
  readonly now?: () => number;
  /** Before this member joins a group again: stop starting, finish what is on the wire. Bounded by whoever gives it. */
  readonly beforeRebalance?: () => Promise<void>;
  readonly afterRebalance?: () => void;
  /** When stopping, after the wait for unfinished records and before the last commit: what is unfinished still is left to the next owner. Bounded by whoever gives it. */
  readonly beforeGivingUp?: () => Promise<void>;
  /** How long to wait for unfinished records when stopping; default 8 s. */
  readonly drainMs?: number;
  /** The consumer is dead and will not come back by itself; default: exit, so that a supervisor starts the service again. */
  readonly onCrash?: (error: Error) => void;
  /** How often to look whether the consumer still lives; default 10 s. */
  readonly watchEveryMs?: number;
}
