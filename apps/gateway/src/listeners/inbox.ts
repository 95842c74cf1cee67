import { Fault, isFault } from '@nuncio/contracts';
import { sendProblem } from '@nuncio/service';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { endToEnd } from './end-to-end.js';
import type { HeaderLines } from './listener.js';
import type { Listeners } from './listeners.js';

interface Named {
  Params: { id: string };
}

/** Marks a request that a gateway has passed on. A client that sets it gains nothing: the gateway it has reached answers. */
export const HANDED_ON = 'x-nuncio-handed-on';

/** Whether the URL is an inbox, which anybody may call: its `Authorization` is for the receiver. */
export const isInbox = (url: string): boolean => /^\/v1\/listeners\/[^/?]+\/inbox(?:\?|$)/.test(url);

/**
 * The address of a temporary callback. The laptop's answer may come from any tenant, but is served from the console's origin. So browsers are
 * refused; they are recognised by Fetch Metadata, which all of them send. A client without it runs nothing of the answer, and gets no cookies. A
 * listener that has ended answers 410, so that a callback that was left behind is disabled.
 */
export const inbox =
  (listeners: Listeners) =>
  (fastify: FastifyInstance, _: object, done: () => void): void => {
    fastify.route<Named>({
      method: ['POST', 'PUT', 'PATCH'],
      url: '/v1/listeners/:id/inbox',
      // Before the body is read.
      onRequest: async ({ params, headers }, reply) => {
        if (headers['sec-fetch-site'] !== undefined) return sendProblem(reply, new Fault('forbidden', 'Browsers are not allowed here.'));
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

/** Pairs of Node.js' flat list `rawHeaders`. */
const linesOf = (raw: readonly string[]): HeaderLines => raw.flatMap((name, i): [string, string][] => (i % 2 === 0 ? [[name, raw[i + 1] ?? '']] : []));

/** Response headers that apply to the whole origin in a browser, and so to the console. */
const OF_THE_ORIGIN = new Set(['set-cookie', 'content-security-policy', 'strict-transport-security', 'clear-site-data', 'alt-svc', 'nel', 'report-to', 'reporting-endpoints', 'service-worker-allowed']);

const harmless = (lines: HeaderLines): HeaderLines => [...lines.filter(([name]) => !OF_THE_ORIGIN.has(name.toLowerCase())), ['content-security-policy', 'sandbox']];

const lengthOf = (status: number, body: Buffer): HeaderLines => (status === 204 || status === 304 ? [] : [['content-length', String(body.length)]]);
