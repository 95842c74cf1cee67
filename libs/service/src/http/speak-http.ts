import { Fault } from '@nuncio/contracts';
import type { FastifyInstance } from 'fastify';
import { sendProblem } from '../problem.filter.js';
import { tellMethods } from './methods.js';
import { REQUEST_ID } from './request-id.js';
import { tellValidators } from './validators.js';

/** Rules of HTTP for every route. Registered before the routes. */
export function speakHttp(server: FastifyInstance, maxParamLength: number): void {
  server.addHook('onRequest', (request, reply, done) => {
    // No cache may give one caller's answer to another. A route may override this.
    void reply.header(REQUEST_ID, request.id).header('cache-control', 'no-store');
    if (isReadable(request.url)) done();
    else sendProblem(reply, new Fault('malformed-request', 'The query is not percent-encoded UTF-8.'));
  });
  tellMethods(server, maxParamLength);
  tellValidators(server);
}

/** Whether the query can be decoded. The router checks the path. */
function isReadable(url: string): boolean {
  const at = url.indexOf('?');
  if (at < 0 || !url.includes('%', at)) return true;
  try {
    decodeURIComponent(url.slice(at));
    return true;
  } catch {
    return false;
  }
}
