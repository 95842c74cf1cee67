import { z } from 'zod';
import { Millis, Position } from '../schema.js';
import { days, jsonTopic } from './topic.js';

/** One event of the event store: who did what to which aggregate. Secrets inside are sealed. */
export const ConfigEvent = z.object({
  position: Position,
  stream: z.string(),
  version: z.int().min(1),
  type: z.string(),
  at: Millis,
  actor: z.string(),
  data: z.record(z.string(), z.unknown()),
});
export type ConfigEvent = z.infer<typeof ConfigEvent>;

/** Every configuration event, in commit order. Key: stream name. */
export const configLog = jsonTopic({ name: 'config.log', partitions: 1, retentionMs: days(30), value: ConfigEvent });
