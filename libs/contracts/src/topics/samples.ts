import { z } from 'zod';
import { Millis, Position } from '../schema.js';
import { days, jsonTopic } from './topic.js';

/** A request to send one sample, which is no event, delivery or attempt. Dropped unsent after `expiresAt`. */
export const Sample = z.object({
  correlation: z.string(),
  callback: z.string(),
  position: Position,
  at: Millis,
  expiresAt: Millis,
  /** The payload to send; absent = `nuncio.test`. */
  event: z.object({ type: z.string(), payload: z.string().describe('JSON') }).optional(),
});
export type Sample = z.infer<typeof Sample>;

/** Key: callback id. */
export const samples = jsonTopic({ name: 'samples', partitions: 3, retentionMs: days(1) / 24, value: Sample });
