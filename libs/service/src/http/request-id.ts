import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export const REQUEST_ID = 'x-request-id';

/** Characters that are safe in any log. */
const SANE = /^[\w.:/+=@-]{1,128}$/;

/** The id that a caller, or a proxy in front, has given the request, or one of our own: in the answer, in every problem, in the log, and with what is asked of other services. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers[REQUEST_ID];
  return typeof given === 'string' && SANE.test(given) ? given : randomUUID();
}
