import { Fault, isFault } from '@nuncio/contracts';
import { sendProblem } from '@nuncio/service';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { endToEnd } from './end-to-end.js';
import type { HeaderLines } from './listener.js';
import type { Listeners } from './listeners.js';

interface Named {
  Params: { id: string };
}

/** Says that a gateway has handed it on. Whoever sends it by themselves is answered by the gateway that they have come to, and gains nothing. */
export const HANDED_ON = 'x-nuncio-handed-on';

/** Whether anybody may call it, whatever stands in `Authorization`: that is for the receiver. */
export const isInbox = (url: string): boolean => /^\/v1\/listeners\/[^/?]+\/inbox(?:\?|$)/.test(url);

/**
 * The address of a temporary callback. The laptop's answer comes from any tenant, on the origin of the console. So browsers are refused (by Fetch Metadata, which all of
 * them send); a client that does not say what it is gets no cookie from it, and runs nothing of it. A listener that has ended is 410, so that a callback
 * which was left behind is disabled.
 */
export const inbox =
  (listeners: Listeners) =>
  (fastify: FastifyInstance, _: object, done: () => void): void => {
    fastify.route<Named>({
      method: ['POST', 'PUT', 'PATCH'],
      url: '/v1/listeners/:id/inbox',
      // Before the body is read.
      onRequest: async ({ params, headers }, reply) => {
        if (headers['sec-fetch-site'] !== undefined) return sendProblem(reply, new Fault('forbidden', 'No browser is served here.'));
        if (listeners.ids.placeOf(params.id) === null) return sendProblem(reply, new Fault('not-found', 'There is nothing here.'));
      },
      handler: (request, reply) => receive(listeners, request, reply),
    });
    done();
  };

async function receive(listeners: Listeners, request: FastifyRequest<Named>, reply: FastifyReply): Promise<FastifyReply> {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    gone.abort();
  });
  const received = { method: request.method, headers: endToEnd(linesOf(request.raw.rawHeaders)).filter(([name]) => name !== HANDED_ON), body: request.body instanceof Buffer ? request.body : Buffer.alloc(0) };
  const answer = await listeners.ask(request.params.id, received, gone.signal).catch(faultOf);
  if (isFault(answer)) return sendProblem(reply, answer);
  if (!answer) return reply.status(410).type('text/plain').send('This listener has ended.\n');
  void reply.status(answer.status).hijack();
  reply.raw.writeHead(answer.status, [...harmless(endToEnd(answer.headers)), ...lengthOf(answer.status, answer.body)].flat());
  reply.raw.end(answer.body);
  return reply;
}

function faultOf(error: unknown): Fault {
  if (isFault(error)) return error;
  throw error;
}

/** Node's flat list. */
const linesOf = (raw: readonly string[]): HeaderLines => raw.flatMap((name, i): [string, string][] => (i % 2 === 0 ? [[name, raw[i + 1] ?? '']] : []));

/** Headers that tell a browser something about the whole origin, which is the console's too. */
const OF_THE_ORIGIN = new Set(['set-cookie', 'content-security-policy', 'strict-transport-security', 'clear-site-data', 'alt-svc', 'nel', 'report-to', 'reporting-endpoints', 'service-worker-allowed']);

const harmless = (lines: HeaderLines): HeaderLines => [...lines.filter(([name]) => !OF_THE_ORIGIN.has(name.toLowerCase())), ['content-security-policy', 'sandbox']];

const lengthOf = (status: number, body: Buffer): HeaderLines => (status === 204 || status === 304 ? [] : [['content-length', String(body.length)]]);
