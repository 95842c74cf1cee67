import type { Readable } from 'node:stream';
import replyFrom from '@fastify/reply-from';
import { Logger } from '@nestjs/common';
import { Fault } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import { catchUp, POSITION, REQUEST_ID, sendProblem } from '@nuncio/service';
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { Door } from './door.js';
import { passedOn } from './passed-on.js';
import { Places } from './places.js';
import { routes, type Upstream } from './routes.js';

const METHODS: HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
/** To each service. A live stream or a download holds one as long as it lasts. */
const CONNECTIONS = 256;
/** Longer than any answer takes: verify and test wait for a receiver, up to 30 s. */
const ANSWER_WITHIN_MS = 60_000;

type View = Pick<ConfigView, 'position' | 'waitFor'>;

/**
 * Proxies requests unchanged, credentials included; each service checks them itself. Answers 503 if the service is away. After a change of
 * configuration, the answer waits until this gateway knows the change, and later requests carry the gateway's position.
 */
export const proxy = (origins: Readonly<Record<Upstream, string>>, view: View, door: Door): ((fastify: FastifyInstance) => Promise<void>) => {
  const register = async (fastify: FastifyInstance): Promise<void> => {
    const places: Readonly<Record<Upstream, Places>> = { 'config-service': new Places(CONNECTIONS), 'attempt-log': new Places(CONNECTIONS) };
    await fastify.register(replyFrom, { undici: { connections: CONNECTIONS, headersTimeout: ANSWER_WITHIN_MS }, disableRequestLogging: true });
    for (const { path, upstream, exact, methods } of routes) {
      const onRequest = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
        const refusal = await door.refusal(request, reply, places[upstream]);
        if (refusal) return sendProblem(reply, refusal);
      };
      const handler = handOver(origins[upstream], upstream, { view, door });
      for (const url of exact ? [path] : [path, `${path}/*`]) fastify.route({ method: (methods as HTTPMethods[] | undefined) ?? METHODS, url, onRequest, handler });
    }
  };
  // `reply.from` must be known in the whole origin (https://fastify.dev/docs/latest/Reference/Plugins/#handle-the-scope).
  return Object.assign(register, { [Symbol.for('skip-override')]: true });
};

interface Upstreamed {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly stream: Readable;
}
const logger = new Logger('Proxy');

const handOver =
  (origin: string, upstream: Upstream, { view, door }: { readonly view: View; readonly door: Door }) =>
  (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const target = URL.parse(request.url, origin);
    // A path that changes when parsed (`..`) could reach something that no route allows.
    if (target?.origin !== origin || target.pathname !== request.url.split('?', 1)[0])
      return sendProblem(reply, new Fault('not-found', 'There is nothing here.'));
    const held = door.heldBy(request);
    held?.asked();
    return reply.from(target.href, {
      // The body is bytes here. Without a content type it would be encoded as JSON again.
      body: request.body,
      contentType: request.headers['content-type'] ?? 'application/octet-stream',
      rewriteRequestHeaders: (_, headers) => ({ ...passedOn(headers), [REQUEST_ID]: request.id, [POSITION]: String(view.position) }),
      // This is called for every answer, also where its caller has hung up.
      rewriteHeaders: ({ [POSITION]: _position, ...headers }) => {
        held?.answered();
        return headers;
      },
      onResponse: (_, answering, response) => {
        const { headers, stream } = response as unknown as Upstreamed;
        void catchUp(view, headers[POSITION]).then(() => (answering as FastifyReply).send(stream));
      },
      retryDelay: () => null,
      onError: (failed, { error }) => {
        held?.answered();
        logger.warn(`${upstream} does not answer: ${String(error)}`, { requestId: request.id });
        sendProblem(failed as FastifyReply, new Fault('unavailable', `${upstream} does not answer; try again in a moment.`, { retriable: true }));
      },
    });
  };
