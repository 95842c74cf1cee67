import { z } from 'zod';
import { Millis } from '../schema.js';
import { days, jsonTopic } from './topic.js';

/** A change in the state of a bulk operation of the log, for the audit. */
export const OperationEvent = z.object({
  operation: z.string(),
  /** 1, and one more with each change: of one number and type a record that comes twice is one. */
  version: z.int().min(1),
  type: z.enum(['begun', 'paused', 'resumed', 'canceled', 'finished']),
  at: Millis,
  /** The key or person who did it; `nuncio` = it came to its end, or nobody speaks for it any more. */
  actor: z.string(),
  /** Whose callback it is about, where it is one; else of who asked for it. Null = of none. */
  tenant: z.string().nullable(),
  /** The groups that may know of it; empty = everybody in the tenant. */
  groups: z.array(z.string()),
  /** The content of the audit's entry. */
  data: z.record(z.string(), z.unknown()),
});
export type OperationEvent = z.infer<typeof OperationEvent>;

/** Key: operation id. */
export const operationEvents = jsonTopic({ name: 'operations', partitions: 1, retentionMs: days(30), value: OperationEvent });
