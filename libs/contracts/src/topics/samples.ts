import { z } from 'zod';
import { Millis, Position } from '../schema.js';
import { days, jsonTopic } from './topic.js';

/** A request for one `nuncio.test` delivery: neither event, delivery nor attempt. Dropped unsent after `expiresAt`. */
export const Sample = z.object({
  correlation: z.string(),
  callback: z.string(),
  position: Position,
  at: Millis,
  expiresAt: Millis,
});
export type Sample = z.infer<typeof Sample>;

/** Key: callback id. */
export const samples = jsonTopic({ name: 'samples', partitions: 3, retentionMs: days(1) / 24, value: Sample });
