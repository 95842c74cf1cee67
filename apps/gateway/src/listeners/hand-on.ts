import type { preHandlerHookHandler } from 'fastify';
import type { ListenerIds } from './listener-ids.js';

/** What is for a listener of another gateway goes there: the name of a listener says where it is. */
export const handOn =
  (ids: ListenerIds): preHandlerHookHandler =>
  (request, reply, done) => {
    const [, id] = /^\/v1\/listeners\/([^/?]+)/.exec(request.url) ?? [];
    const place = id === undefined ? 'here' : (ids.placeOf(id) ?? 'here');
    if (place === 'here') done();
    else void reply.from(`${place}${request.url}`, { body: request.body, contentType: request.headers['content-type'] ?? 'application/octet-stream', retryDelay: () => null });
  };
