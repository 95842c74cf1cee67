import type { FastifyInstance } from 'fastify';

/**
 * A header between Nuncio's own services. In an answer: the position of the change it made. In a request: the position that the sender has seen. So a
 * caller who has made a key, a callback or a subscription finds it known wherever the next request goes. It never leaves the public origin.
 */
export const POSITION = 'nuncio-position';

const PATIENCE_MS = 2_000;

interface View {
  waitFor(position: number, timeoutMs: number): Promise<boolean>;
}

/** Resolves when the view has reached the position in a header, or after two seconds without. */
export async function catchUp(view: View, header: unknown): Promise<void> {
  const position = Number(header);
  if (Number.isSafeInteger(position) && position > 0) await view.waitFor(position, PATIENCE_MS);
}

/** For a service behind the gateway that knows configuration from its view. */
export function catchUpFirst(server: FastifyInstance, view: View): void {
  server.addHook('onRequest', (request) => catchUp(view, request.headers[POSITION]));
}

/** For the service that changes configuration. `position`: that of the last change that this process has committed. */
export function tellPosition(server: FastifyInstance, position: () => number): void {
  server.addHook('onSend', (request, reply, payload, done) => {
    const last = position();
    if (request.method !== 'GET' && request.method !== 'HEAD' && reply.statusCode < 300 && last > 0) void reply.header(POSITION, String(last));
    done(null, payload);
  });
}
