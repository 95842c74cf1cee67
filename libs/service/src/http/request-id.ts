import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export const REQUEST_ID = 'x-request-id';

/** Characters that are safe in any log. */
const SANE = /^[\w.:/+=@-]{1,128}$/;

/**
 * The id that the caller, or a proxy, gave the request, or a new one. It is in the answer, in every problem, in the log, and in requests to other
 * services.
 */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers[REQUEST_ID];
  return typeof given === 'string' && SANE.test(given) ? given : randomUUID();
}
