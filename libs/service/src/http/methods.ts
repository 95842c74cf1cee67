import { Fault } from '@nuncio/contracts';
import type { FastifyInstance, HTTPMethods } from 'fastify';
import findMyWay, { type HTTPMethod } from 'find-my-way';
import { sendProblem } from '../problem.filter.js';

/**
 * What a path knows no answer to, but other methods have one for, is 405 with `Allow` (RFC 9110 §15.5.6), and `OPTIONS` 204 with it (§9.3.7). What stands
 * behind a wildcard is somebody else's to say, unless a route without one knows better.
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
    if (!allowed.length || allowed.includes(request.method as HTTPMethods)) {
      done();
      return;
    }
    void reply.header('allow', [...new Set([...allowed, 'OPTIONS'])].toSorted().join(', '));
    if (request.method === 'OPTIONS') void reply.status(204).send();
    else sendProblem(reply, new Fault('method-not-allowed', `${request.method} is not possible here; ${allowed.toSorted().join(', ')} ${allowed.length === 1 ? 'is' : 'are'}.`));
  });
}

const isWild = (url: string | undefined): boolean => url?.endsWith('*') ?? false;
