import type { Readable } from 'node:stream';
import replyFrom from '@fastify/reply-from';
import { Logger } from '@nestjs/common';
import { Fault } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import { catchUp, POSITION, REQUEST_ID, sendProblem } from '@nuncio/service';
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { routes, type Upstream } from './routes.js';

const METHODS: HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
/** Each live stream holds one, and a service has at most 100 streams. */
const CONNECTIONS = 256;
/** Longer than any answer takes: verify and test wait for a receiver, up to 30 s. */
const ANSWER_WITHIN_MS = 60_000;

export type View = Pick<ConfigView, 'position' | 'waitFor'>;

/**
 * Proxies requests unchanged, credentials included; each service checks them itself. Answers 503 if the service is away. After a change of
 * configuration, the answer waits until this gateway knows the change, and later requests carry the gateway's position.
 */
export const proxy = (origins: Readonly<Record<Upstream, string>>, view: View): ((fastify: FastifyInstance) => Promise<void>) => {
  const register = async (fastify: FastifyInstance): Promise<void> => {
    await fastify.register(replyFrom, { undici: { connections: CONNECTIONS, headersTimeout: ANSWER_WITHIN_MS }, disableRequestLogging: true });
    for (const { path, upstream, exact, methods } of routes) {
      const handler = handOver(origins[upstream], upstream, view);
      for (const url of exact ? [path] : [path, `${path}/*`]) fastify.route({ method: (methods as HTTPMethods[] | undefined) ?? METHODS, url, handler });
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
  (origin: string, upstream: Upstream, view: View) =>
  (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const target = URL.parse(request.url, origin);
    // A path that changes when parsed (`..`) could reach something that no route allows.
    if (target?.origin !== origin || target.pathname !== request.url.split('?', 1)[0])
      return sendProblem(reply, new Fault('not-found', 'There is nothing here.'));
    return reply.from(target.href, {
      // The body is bytes here. Without a content type it would be encoded as JSON again.
      body: request.body,
      contentType: request.headers['content-type'] ?? 'application/octet-stream',
      // The gateway has already answered 100 Continue and read the body.
      rewriteRequestHeaders: (_, { expect: _expect, ...headers }) => ({ ...headers, [REQUEST_ID]: request.id, [POSITION]: String(view.position) }),
      rewriteHeaders: ({ [POSITION]: _position, ...headers }) => headers,
      onResponse: (_, answering, response) => {
        const { headers, stream } = response as unknown as Upstreamed;
        void catchUp(view, headers[POSITION]).then(() => (answering as FastifyReply).send(stream));
      },
      retryDelay: () => null,
      onError: (failed, { error }) => {
        logger.warn(`${upstream} does not answer: ${String(error)}`, { requestId: request.id });
        sendProblem(failed as FastifyReply, new Fault('unavailable', `${upstream} does not answer; try again in a moment.`, { retriable: true }));
      },
    });
  };
