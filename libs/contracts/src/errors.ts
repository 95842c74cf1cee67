import { z } from 'zod';

/** Error classes of attempts and of token requests. `connect`: refused, unreachable, reset or closed early. `token`: there was no token. */
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
 * Why there was no token. `code`: the `error` of RFC 6749 §5.2, only if it fits that section's characters and 64 of them. `description`: the server's
 * `error_description` on one line without the secrets that were sent, or what is wrong with its answer or the connection; absent = there is nothing more to say.
 */
export const TokenError = z.object({
  class: ErrorClass.exclude(['token']),
  httpStatus: z.int().nullable(),
  code: z.string().max(64).nullable().describe('The `error` of RFC 6749 §5.2; null = there is none').meta({ examples: ['invalid_client'] }),
  description: z.string().max(400).optional().describe("The server's `error_description`, or what is wrong with its answer or the connection to it"),
}).meta({ id: 'TokenError' });
export type TokenError = z.infer<typeof TokenError>;
