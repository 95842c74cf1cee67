import { Fault } from '@nuncio/contracts';
import type { KeyRing } from '@nuncio/sealing';
import { sendProblem } from '@nuncio/service';
import type { onRequestHookHandler } from 'fastify';
import { SESSION } from './session.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Replaces the session cookie by the `Authorization` that it stands for, so that every service checks it like any other. A given `Authorization`
 * wins. The cookie is passed on only to the routes that sign in and out. A request that changes something needs the console's own header, which no
 * form and no other origin can send. Signing in and out need that header even without a cookie: otherwise another site's form could end a session, or
 * begin one for somebody else.
 */
export const cookieToAuthorization =
  (ring: KeyRing): onRequestHookHandler =>
  (request, reply, done) => {
    const { cookie, authorization } = request.headers;
    // The route's own path: a request's path can be written in many ways.
    const isSigning = request.routeOptions.url?.startsWith('/auth/') ?? false;
    if (!isSigning) delete request.headers.cookie;
    const session = authorization === undefined ? SESSION.read(ring, cookie, Date.now()) : null;
    if ((session !== null || isSigning) && !SAFE.has(request.method) && !isFromConsole(request.headers)) {
      sendProblem(reply, new Fault('forbidden', 'Only the console itself may use a session cookie to sign in or out, or to change something; other clients send Authorization.'));
      return;
    }
    if (session !== null) request.headers.authorization = session.authorization;
    done();
  };

/** Whether the console sent the request: no form and no other origin can set this header. */
export function isFromConsole(headers: Readonly<Record<string, string | string[] | undefined>>): boolean {
  const site = headers['sec-fetch-site'];
  return headers['x-nuncio-console'] === '1' && (site === undefined || site === 'same-origin');
}
