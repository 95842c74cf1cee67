import { z } from 'zod';
import { ErrorClass, TokenError } from '../errors.js';
import { Response } from './attempts.js';
import { days, jsonTopic } from './topic.js';

/** The result of a sample. */
export const SampleResult = z.object({
  ok: z.boolean().describe('Whether it succeeded'),
  status: z.int().nullable(),
  timingsMs: z.record(z.string(), z.number().nullable()).describe('Milliseconds of each phase; null = the phase did not happen'),
  error: z.object({ class: ErrorClass, detail: z.string().nullable() }).nullable().describe('What went wrong; null = nothing'),
  tokenError: TokenError.nullable(),
  response: Response.nullable().default(null).describe('The answer, redacted like that of an attempt, with at most 16 KiB of its body; null = there was none'),
  sentHeaders: z.record(z.string(), z.union([z.string(), z.array(z.string())])).nullable().describe('Redacted; null = nothing was sent'),
});
export type SampleResult = z.infer<typeof SampleResult>;

/** The reply to a sample or a token test. Every config-service replica reads all of them and uses its own. */
export const Reply = z.discriminatedUnion('of', [
  SampleResult.extend({ of: z.literal('sample'), correlation: z.string() }),
  z.object({
    of: z.literal('token-test'),
    correlation: z.string(),
    ok: z.boolean(),
    expiresInSeconds: z.int().nullable(),
    scope: z.string().nullable(),
    tokenError: TokenError.nullable(),
    advice: z.string().nullable(),
  }),
]);
export type Reply = z.infer<typeof Reply>;

/** Key: correlation id. */
export const replies = jsonTopic({ name: 'replies', partitions: 1, retentionMs: days(1) / 24, value: Reply });
