import { z } from 'zod';

/** One list for attempts and token requests. `connect` = refused, unreachable, reset or closed early; `token` = no token could be had. */
export const ErrorClass = z.enum([
  'dns',
  'connect',
  'tls',
  'timeout',
  'http',
  'redirect',
  'blocked_address',
  'too_large',
  'invalid_response',
  'token',
  'internal',
]);
export type ErrorClass = z.infer<typeof ErrorClass>;

/**
 * Why there was no token. `code` is the `error` of RFC 6749 §5.2, kept only if it fits that section's charset and 64 characters. `description` is the server's
 * `error_description`, in one line and without the secrets that we sent, or the fault of its answer; absent = there is no more to say.
 */
export const TokenError = z.object({
  class: ErrorClass.exclude(['token']),
  httpStatus: z.int().nullable(),
  code: z.string().max(64).nullable().describe('The `error` of RFC 6749 §5.2; null = there is none').meta({ examples: ['invalid_client'] }),
  description: z.string().max(400).optional().describe("The server's `error_description`, or what is wrong with its answer"),
}).meta({ id: 'TokenError' });
export type TokenError = z.infer<typeof TokenError>;
