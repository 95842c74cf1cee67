import { Fault } from '@nuncio/contracts';
import type { KeyRing } from '@nuncio/sealing';
import { sendProblem } from '@nuncio/service';
import type { onRequestHookHandler } from 'fastify';
import { SESSION } from './session.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Turns the session's cookie into the `Authorization` that it stands for, so that every service checks it like any other. A given `Authorization` wins.
 * The cookie itself goes no further, except to the routes that sign in and out. A call that changes something needs the console's own header, which no form and no other
 * origin can send.
 */
export const cookieToAuthorization =
  (ring: KeyRing): onRequestHookHandler =>
  (request, reply, done) => {
    const { cookie, authorization } = request.headers;
    if (!request.url.startsWith('/auth/')) delete request.headers.cookie;
    const session = authorization === undefined ? SESSION.read(ring, cookie, Date.now()) : null;
    if (session === null) {
      done();
      return;
    }
    if (!SAFE.has(request.method) && !isFromConsole(request.headers)) {
      sendProblem(reply, new Fault('forbidden', 'A session in a cookie changes things only from the console itself; other clients send Authorization.'));
      return;
    }
    request.headers.authorization = session.authorization;
    done();
  };

/** Whether the console sent it: no form and no other origin can. */
export function isFromConsole(headers: Readonly<Record<string, string | string[] | undefined>>): boolean {
  const site = headers['sec-fetch-site'];
  return headers['x-nuncio-console'] === '1' && (site === undefined || site === 'same-origin');
}
