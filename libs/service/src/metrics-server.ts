import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { Fault } from '@nuncio/contracts';
import type { FastifyInstance } from 'fastify';
import { register } from 'prom-client';
import { sendProblem } from './problem.filter.js';

/** Hides `/metrics` on the public port. Must be called before routes are registered. */
export function hideMetrics(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.url === '/metrics') sendProblem(reply, new Fault('not-found', 'There is nothing here.'));
    else done();
  });
}

/** Serves only `/metrics`, on an address of its own. Rejects if it cannot listen there. */
export async function serveMetrics(port: number, host: string): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') return response.writeHead(404).end();
    register.metrics().then(
      (text) => response.writeHead(200, { 'content-type': register.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  }).listen(port, host);
  await once(server, 'listening');
  return server.unref();
}
