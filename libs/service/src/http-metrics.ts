import type { FastifyInstance } from 'fastify';
import { Gauge, Histogram } from 'prom-client';
import { VERSION } from './version.js';

const seconds = new Histogram({
  name: 'nuncio_http_request_seconds',
  help: 'Requests to this service, by method, route and class of the status; without health, metrics and live streams.',
  labelNames: ['method', 'route', 'status'] as const,
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30],
});
const build = new Gauge({ name: 'nuncio_build_info', help: '1; the labels have the service, its version, and that of Node.js.', labelNames: ['service', 'version', 'node'] as const });

/** Labels are the service's routes, never the paths of requests, so that there are few. */
export function measureRequests(server: FastifyInstance): void {
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    const isStream = String(reply.getHeader('content-type')).startsWith('text/event-stream');
    if (!isStream && !route.startsWith('/health') && route !== '/metrics') {
      seconds.observe({ method: request.method, route, status: `${Math.floor(reply.statusCode / 100)}xx` }, reply.elapsedTime / 1_000);
    }
    done();
  });
}

export function tellBuild(service: string): void {
  build.set({ service, version: VERSION, node: process.versions.node }, 1);
}
