import { z } from 'zod';
import { days, payloadTopic } from './topic.js';

/** The origin of a dead letter or quarantined record, and the reason: header `nuncio-grave`, JSON. */
export const FAILURE_HEADER = 'nuncio-grave';
export const RecordFailure = z.object({
  reason: z.string(),
  detail: z.string().nullable(),
  topic: z.string(),
  partition: z.int(),
  /** For a batch that cannot be decoded: the offset of its first record. */
  offset: z.string(),
  lastOffset: z.string().optional(),
  /**
   * For a record that is too large for quarantine: the sizes of its parts before they were cut, or headers left out, and the SHA-256 of its whole
   * value, in hex.
   */
  original: z.object({ keyBytes: z.int().nullable(), headersBytes: z.int(), valueBytes: z.int().nullable(), valueSha256: z.string().nullable() }).optional(),
});
export type RecordFailure = z.infer<typeof RecordFailure>;

/**
 * For a record that is published again from quarantine: its original place (`topic-partition-offset`). So it is not dropped as a second copy of
 * itself.
 */
export const ORIGIN_HEADER = 'nuncio-origin';

/** Failed deliveries: payload, CloudEvents headers, `nuncio-errand`, `nuncio-grave`. Key: delivery id. */
export const deadLetters = payloadTopic({ name: 'dead-letters', partitions: 3, retentionMs: days(30) });
