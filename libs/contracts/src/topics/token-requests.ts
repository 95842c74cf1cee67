import { z } from 'zod';
import { Millis, Position } from '../schema.js';
import { days, jsonTopic } from './topic.js';

/** "I need a token of this credential newer than generation `generation`." One partition owner per credential: the only one who may fetch. */
export const TokenRequest = z.object({
  credential: z.string(),
  /** The asker's position: the owner waits until its own view has it. */
  position: Position,
  /** The generation the asker holds; 0 = none. */
  generation: z.int().min(0),
  /** Answered alike, whatever it is: one that a newer release gives counts as `miss`. */
  reason: z.enum(['miss', 'refresh', 'refused', 'test']).catch('miss'),
  at: Millis,
  /** The id of a test; the reply names it. */
  correlation: z.string().nullable(),
  /** The span of a delivery that waits for the token, if its trace is recorded. */
  traceparent: z.string().optional(),
});
export type TokenRequest = z.infer<typeof TokenRequest>;

/** For so long a request is waited for; then it is made again. */
export const TOKEN_WAIT_MS = 15_000;

/** Key: credential id. */
export const tokenRequests = jsonTopic({ name: 'token.requests', partitions: 12, retentionMs: days(1), value: TokenRequest });
