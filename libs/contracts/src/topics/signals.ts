import { z } from 'zod';
import { ErrorClass } from '../errors.js';
import { Millis, Position } from '../schema.js';
import { days, jsonTopic } from './topic.js';

/** Something that delivery has learned, for configuration to decide on. `position` is the subscription's as the dispatcher saw it; a signal with an older position than the present state is ignored. */
export const Signal = z.object({
  /** `failing`: nothing but failure for as long as the callback allows. */
  signal: z.enum(['token-refused', 'exhausted', 'gone', 'failing']),
  subscription: z.string(),
  callback: z.string(),
  tenant: z.string(),
  position: Position,
  /** The callback's as the dispatcher saw it; signals of before this field have none. */
  callbackPosition: Position.nullable().default(null),
  at: Millis,
  /** Class and status only: a reason is shown to people. */
  errorClass: ErrorClass,
  status: z.int().nullable(),
});
export type Signal = z.infer<typeof Signal>;

/** Key: subscription id. */
export const signals = jsonTopic({ name: 'signals', partitions: 3, retentionMs: days(7), value: Signal });
