import type { z } from 'zod';

const DAY_MS = 86_400_000;
export const days = (n: number): number => n * DAY_MS;

/** The largest payload of an event. A larger one is quarantined; over HTTP it is refused with 413. */
export const PAYLOAD_LIMIT_BYTES = 1_048_576;
const HEADROOM_BYTES = 65_536;

/** A topic, declared once beside its schema, and created by `npm run migrate`. */
export interface Topic<S extends z.ZodType = z.ZodType> {
  /** Without the installation's prefix: `events` is `nuncio.events` with the prefix `nuncio`. */
  readonly name: string;
  /**
   * Partitions of a new topic; afterwards the cluster's number counts. A topic declared with one must keep one, since the order of all its records
   * matters.
   */
  readonly partitions: number;
  readonly cleanup: 'delete' | 'compact';
  readonly retentionMs: number;
  readonly maxMessageBytes: number;
  /** The schema of the JSON value; absent if the value is a payload and everything about it is in headers. */
  readonly value?: S;
}

type Declared<S extends z.ZodType> = Pick<Topic<S>, 'name' | 'partitions' | 'retentionMs'> & Partial<Topic<S>>;

/** A topic whose value is the event's bytes, unchanged. */
export const payloadTopic = (topic: Declared<z.ZodNever>): Topic<z.ZodNever> => ({
  cleanup: 'delete',
  maxMessageBytes: PAYLOAD_LIMIT_BYTES + HEADROOM_BYTES,
  ...topic,
});

/** A topic whose value is JSON of one schema. */
export const jsonTopic = <S extends z.ZodType>(topic: Declared<S> & { value: S }): Topic & { value: S } => ({
  cleanup: 'delete',
  maxMessageBytes: PAYLOAD_LIMIT_BYTES + HEADROOM_BYTES,
  ...topic,
});
