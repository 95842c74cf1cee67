import { Fault } from '@nuncio/contracts';
import { sendProblem } from '@nuncio/service';
import type { FastifyReply, preHandlerHookHandler } from 'fastify';
import { passedOn } from '../proxy/passed-on.js';
import { HANDED_ON, isInbox } from './inbox.js';
import type { ListenerIds } from './listener-ids.js';

/**
 * Passes a request for a listener to the gateway that has it, which the listener's name tells. It does so only once: a gateway whose address has
 * changed would pass it to itself for ever. If that gateway does not answer, the listener has ended with it.
 */
export const handOn =
  (ids: ListenerIds): preHandlerHookHandler =>
  (request, reply, done) => {
    const [, id] = /^\/v1\/listeners\/([^/?]+)/.exec(request.url) ?? [];
    const place = id === undefined || HANDED_ON in request.headers ? 'here' : (ids.placeOf(id) ?? 'here');
    if (place === 'here') {
      done();
      return;
    }
    void reply.from(`${place}${request.url}`, {
      body: request.body,
      contentType: request.headers['content-type'] ?? 'application/octet-stream',
      rewriteRequestHeaders: (_, headers) => ({ ...passedOn(headers), [HANDED_ON]: '1' }),
      retryDelay: () => null,
      onError: (failed) => void sendProblem(failed as FastifyReply, isInbox(request.url) ? away : ended),
    });
  };

/** The command will open another listener in a moment, and edit the callback. */
const away = new Fault('unavailable', 'The gateway of this listener does not answer.', { retriable: true, retryAfterSeconds: 5 });
const ended = new Fault('not-found', 'There is no such listener: the gateway that had it does not answer.');
