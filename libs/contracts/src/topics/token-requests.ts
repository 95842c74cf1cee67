import { z } from 'zod';
import { Millis, Position } from '../schema.js';
import { days, jsonTopic } from './topic.js';

/**
 * "I need a token of this credential newer than generation `generation`." Each credential has one owner, by its partition; only the owner may
 * fetch.
 */
export const TokenRequest = z.object({
  credential: z.string(),
  /** The asker's position. The owner waits until its own view has reached it. */
  position: Position,
  /** The generation that the asker has; 0 = none. */
  generation: z.int().min(0),
  /** The reason does not change the answer, so an unknown one of a newer release counts as `miss`. */
  reason: z.enum(['miss', 'refresh', 'refused', 'test']).catch('miss'),
  at: Millis,
  /** The id of a test, which the reply repeats. */
  correlation: z.string().nullable(),
  /** The span of a delivery that waits for the token, if its trace is recorded. */
  traceparent: z.string().optional(),
});
export type TokenRequest = z.infer<typeof TokenRequest>;

/** How long an asker waits before it asks again. */
export const TOKEN_WAIT_MS = 15_000;

/** Key: credential id. */
export const tokenRequests = jsonTopic({ name: 'token.requests', partitions: 12, retentionMs: days(1), value: TokenRequest });
