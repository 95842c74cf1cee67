import type { z } from 'zod';

const DAY_MS = 86_400_000;
export const days = (n: number): number => n * DAY_MS;

/** Payload limit of an event (behaviour: larger = quarantine or 413). */
export const PAYLOAD_LIMIT_BYTES = 1_048_576;
const HEADROOM_BYTES = 65_536;

/** A topic: declared once, beside its schema, and made by one idempotent command. */
export interface Topic<S extends z.ZodType = z.ZodType> {
  /** Without the installation's prefix: `events` is `nuncio.events` where the prefix is `nuncio`. */
  readonly name: string;
  /** The partitions of a new topic; afterwards the cluster's count counts. A topic that is declared with one keeps one: the order of everything in it matters. */
  readonly partitions: number;
  readonly cleanup: 'delete' | 'compact';
  readonly retentionMs: number;
  readonly maxMessageBytes: number;
  /** The schema of the JSON value; absent if the value is a payload and everything about it is in headers. */
  readonly value?: S;
}

type Declared<S extends z.ZodType> = Pick<Topic<S>, 'name' | 'partitions' | 'retentionMs'> & Partial<Topic<S>>;

/** The value is the event's bytes, untouched. */
export const payloadTopic = (topic: Declared<z.ZodNever>): Topic<z.ZodNever> => ({
  cleanup: 'delete',
  maxMessageBytes: PAYLOAD_LIMIT_BYTES + HEADROOM_BYTES,
  ...topic,
});

/** The value is JSON of one schema. */
export const jsonTopic = <S extends z.ZodType>(topic: Declared<S> & { value: S }): Topic & { value: S } => ({
  cleanup: 'delete',
  maxMessageBytes: PAYLOAD_LIMIT_BYTES + HEADROOM_BYTES,
  ...topic,
});
