import { z } from 'zod';
import { days, payloadTopic } from './topic.js';

/** The origin of a record and the reason why it went no further: header `nuncio-grave`, JSON, of dead letters and of records in quarantine. */
export const GRAVE_HEADER = 'nuncio-grave';
export const Grave = z.object({
  reason: z.string(),
  detail: z.string().nullable(),
  topic: z.string(),
  partition: z.int(),
  /** For a batch that cannot be decoded: its first offset. */
  offset: z.string(),
  lastOffset: z.string().optional(),
  /** For a record that is too large for quarantine: the sizes of its parts before they were cut, or headers left out, and the SHA-256 of its whole value, in hex. */
  original: z.object({ keyBytes: z.int().nullable(), headersBytes: z.int(), valueBytes: z.int().nullable(), valueSha256: z.string().nullable() }).optional(),
});
export type Grave = z.infer<typeof Grave>;

/** For a record that is published again from quarantine: the place (`topic-partition-offset`) where it lay first. So it is not taken for a second copy of itself. */
export const ORIGIN_HEADER = 'nuncio-origin';

/** Deliveries that came to nothing: payload, CloudEvents headers, `nuncio-errand`, `nuncio-grave`. Key: delivery id. */
export const deadLetters = payloadTopic({ name: 'dead-letters', partitions: 3, retentionMs: days(30) });
