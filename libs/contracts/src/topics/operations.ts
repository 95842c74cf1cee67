import { z } from 'zod';
import { Millis } from '../schema.js';
import { days, jsonTopic } from './topic.js';

/** A change in the state of a bulk operation of the log, for the audit. */
export const OperationEvent = z.object({
  operation: z.string(),
  /** 1, then one more with each change. A record that comes twice has the same version and type. */
  version: z.int().min(1),
  type: z.enum(['begun', 'paused', 'resumed', 'canceled', 'finished']),
  at: Millis,
  /**
   * The key or person who did it. `nuncio`: the operation ended by itself, or was paused since its requester lost the
   * permission.
   */
  actor: z.string(),
  /** The tenant of its callback, if it is limited to one; else of its requester. null = none. */
  tenant: z.string().nullable(),
  /** The groups that may see it; empty = everybody in the tenant. */
  groups: z.array(z.string()),
  /** The content of the audit's entry. */
  data: z.record(z.string(), z.unknown()),
});
export type OperationEvent = z.infer<typeof OperationEvent>;

/** Key: operation id. */
export const operationEvents = jsonTopic({ name: 'operations', partitions: 1, retentionMs: days(30), value: OperationEvent });
