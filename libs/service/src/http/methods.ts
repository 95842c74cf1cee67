import { Fault } from '@nuncio/contracts';
import type { FastifyInstance, HTTPMethods } from 'fastify';
import findMyWay, { type HTTPMethod } from 'find-my-way';
import { sendProblem } from '../problem.filter.js';

/**
 * Answers 405 with `Allow` (RFC 9110 §15.5.6) if a path has handlers for other methods only, and `OPTIONS` with 204 (§9.3.7). A path behind a
 * wildcard is left to the service behind it, unless a route without one matches.
 */
export function tellMethods(server: FastifyInstance, maxParamLength: number): void {
  const routes = findMyWay({ maxParamLength });
  const methods = new Set<HTTPMethods>();
  server.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) {
      methods.add(one);
      if (!routes.hasRoute(one as HTTPMethod, url)) routes.on(one as HTTPMethod, url, () => undefined, { url });
    }
  });
  server.addHook('onRequest', (request, reply, done) => {
    if (!request.is404 && !isWild(request.routeOptions.url)) {
      done();
      return;
    }
    const path = request.url.split('?', 1)[0] ?? '';
    const found = Array.from(methods, (method) => ({ method, url: (routes.find(method as HTTPMethod, path)?.store as { url: string } | undefined)?.url })).filter(({ url }) => url !== undefined);
    const exact = found.filter(({ url }) => !isWild(url));
    const allowed = (exact.length || !request.is404 ? exact : found).map(({ method }) => method);
    if (!allowed.length || allowed.includes(request.method)) {
      done();
      return;
    }
    void reply.header('allow', [...new Set([...allowed, 'OPTIONS'])].toSorted().join(', '));
    if (request.method === 'OPTIONS') void reply.status(204).send();
    else sendProblem(reply, new Fault('method-not-allowed', `${request.method} is not possible here; ${allowed.toSorted().join(', ')} ${allowed.length === 1 ? 'is' : 'are'}.`));
  });
}

const isWild = (url: string | undefined): boolean => url?.endsWith('*') ?? false;
