import { z } from 'zod';
import { ErrorClass } from '../errors.js';
import { Millis, Position } from '../schema.js';
import { days, jsonTopic } from './topic.js';

/**
 * Something that a dispatcher or the log has learned, for config-service to decide on. `position`: the subscription's, as the sender knew it. A
 * signal with an older position than the present state is ignored.
 */
export const Signal = z.object({
  /** `failing`: nothing but failures for as long as the callback allows. */
  signal: z.enum(['token-refused', 'exhausted', 'gone', 'failing']),
  subscription: z.string(),
  callback: z.string(),
  tenant: z.string(),
  position: Position,
  /** The callback's position as the sender knew it; null in signals of former releases. */
  callbackPosition: Position.nullable().default(null),
  at: Millis,
  /** Only class and status, since the reason is shown to people. */
  errorClass: ErrorClass,
  status: z.int().nullable(),
});
export type Signal = z.infer<typeof Signal>;

/** Key: subscription id. */
export const signals = jsonTopic({ name: 'signals', partitions: 3, retentionMs: days(7), value: Signal });
