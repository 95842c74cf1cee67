import { Fault } from '@nuncio/contracts';
import type { FastifyInstance } from 'fastify';
import { sendProblem } from '../problem.filter.js';
import { tellMethods } from './methods.js';
import { REQUEST_ID } from './request-id.js';
import { tellValidators } from './validators.js';

/** What HTTP says by itself, whatever a route does. Before there are routes. */
export function speakHttp(server: FastifyInstance, maxParamLength: number): void {
  server.addHook('onRequest', (request, reply, done) => {
    // What a caller may see, no cache may keep for somebody else. A route that knows better says so.
    void reply.header(REQUEST_ID, request.id).header('cache-control', 'no-store');
    if (isReadable(request.url)) done();
    else sendProblem(reply, new Fault('malformed-request', 'The query is not percent-encoded UTF-8.'));
  });
  tellMethods(server, maxParamLength);
  tellValidators(server);
}

/** Of the path the router sees to it. */
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
