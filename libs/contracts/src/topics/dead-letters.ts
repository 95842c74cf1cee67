import { z } from 'zod';
import { days, payloadTopic } from './topic.js';

/** Where a record came from and why it went no further: header `nuncio-grave`, JSON, of dead letters and of what is in quarantine. */
export const GRAVE_HEADER = 'nuncio-grave';
export const Grave = z.object({
  reason: z.string(),
  detail: z.string().nullable(),
  topic: z.string(),
  partition: z.int(),
  /** Of a batch that cannot be decoded: its first one. */
  offset: z.string(),
  lastOffset: z.string().optional(),
  /** Of a record that quarantine has no room for: how large its parts were before they were cut, or headers left out, and the SHA-256 of its whole value, in hex. */
  original: z.object({ keyBytes: z.int().nullable(), headersBytes: z.int(), valueBytes: z.int().nullable(), valueSha256: z.string().nullable() }).optional(),
});
export type Grave = z.infer<typeof Grave>;

/** Of a record that is published again out of quarantine: the place (`topic-partition-offset`) where it lay at first. It is no second copy of what it is. */
export const ORIGIN_HEADER = 'nuncio-origin';

/** Deliveries that came to nothing: payload, CloudEvents headers, `nuncio-errand`, `nuncio-grave`. Key: delivery id. */
export const deadLetters = payloadTopic({ name: 'dead-letters', partitions: 3, retentionMs: days(30) });
