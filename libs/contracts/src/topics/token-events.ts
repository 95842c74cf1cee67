import { z } from 'zod';
import { TokenError } from '../errors.js';
import { Millis, Position } from '../schema.js';
import { days, jsonTopic } from './topic.js';

const fact = {
  credential: z.string(),
  tenant: z.string(),
  position: Position,
  /** The generation fetched, or that was to be fetched. */
  generation: z.int().min(0),
  /** The time of the answer. */
  at: Millis,
  reason: z.string(),
  durationMs: z.number(),
};

/**
 * An exchange with an authorization server; one fact per token request. Never contains a token. `expiresAt`: from the server, or by the
 * default life.
 */
export const TokenEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('fetched'), ...fact, expiresAt: Millis, scope: z.string().nullable() }),
  z.object({
    event: z.literal('failed'),
    ...fact,
    tokenError: TokenError,
    /** The server is not asked again before; null = unknown. */
    pausedUntil: Millis.nullable().default(null),
  }),
]);
export type TokenEvent = z.infer<typeof TokenEvent>;

/** Key: credential id. */
export const tokenEvents = jsonTopic({ name: 'token.events', partitions: 3, retentionMs: days(1), value: TokenEvent });
