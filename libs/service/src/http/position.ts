import type { FastifyInstance } from 'fastify';

/**
 * Between our own services: of an answer, the position of what it has changed; of a request, the position that the one who asks has seen. Whoever has made a
 * key, a callback or a subscription then finds it known wherever the next request goes. Never beyond the public origin.
 */
export const POSITION = 'nuncio-position';

const PATIENCE_MS = 2_000;

interface View {
  waitFor(position: number, timeoutMs: number): Promise<boolean>;
}

/** Resolves when the view has what a header tells of, or has not within two seconds: then it is as it was before. */
export async function catchUp(view: View, header: unknown): Promise<void> {
  const position = Number(header);
  if (Number.isSafeInteger(position) && position > 0) await view.waitFor(position, PATIENCE_MS);
}

/** A service that is asked through the gateway, and knows configuration from its view. */
export function catchUpFirst(server: FastifyInstance, view: View): void {
  server.addHook('onRequest', (request) => catchUp(view, request.headers[POSITION]));
}

/** The service that changes configuration. `position`: of the last change that this process has committed. */
export function tellPosition(server: FastifyInstance, position: () => number): void {
  server.addHook('onSend', (request, reply, payload, done) => {
    const last = position();
    if (request.method !== 'GET' && request.method !== 'HEAD' && reply.statusCode < 300 && last > 0) void reply.header(POSITION, String(last));
    done(null, payload);
  });
}
