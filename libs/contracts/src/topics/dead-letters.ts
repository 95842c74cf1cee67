import { z } from 'zod';
import { days, payloadTopic } from './topic.js';

/** Where a record came from and why it went no further: header `nuncio-grave`, JSON, of dead letters and of what is in quarantine. */
export const GRAVE_HEADER = 'nuncio-grave';
export const Grave = z.object({
  reason: z.string(),
  detail: z.string().nullable(),
  topic: z.string(),
  partition: z.int(),
  offset: z.string(),
});
export type Grave = z.infer<typeof Grave>;

/** Deliveries that came to nothing: payload, CloudEvents headers, `nuncio-errand`, `nuncio-grave`. Key: delivery id. */
export const deadLetters = payloadTopic({ name: 'dead-letters', partitions: 3, retentionMs: days(30) });
