import { Fault, isFault } from '@nuncio/contracts';
import { sendProblem } from '@nuncio/service';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HeaderLines } from './listener.js';
import type { Listeners } from './listeners.js';

interface Named {
  Params: { id: string };
}

/** Whether anybody may call it, whatever stands in `Authorization`: that is for the receiver. */
export const isInbox = (url: string): boolean => /^\/v1\/listeners\/[^/?]+\/inbox(?:\?|$)/.test(url);

/**
 * Where a temporary callback points to. The answer is the laptop's, and so any tenant's: on the origin of the console. Browsers are refused (Fetch Metadata, which
 * all of them send); one that does not say what it is gets no cookie from it, and runs nothing of it. A listener that has ended is 410, so that a callback
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
  const received = { method: request.method, headers: endToEnd(linesOf(request.raw.rawHeaders)), body: request.body instanceof Buffer ? request.body : Buffer.alloc(0) };
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

/** Of one connection (RFC 9110 §7.6.1), or said anew by whoever sends the message on. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect', 'host', 'content-length']);
const endToEnd = (lines: HeaderLines): HeaderLines => lines.filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()));

const harmless = (lines: HeaderLines): HeaderLines => [
  ...lines.filter(([name]) => !['set-cookie', 'content-security-policy'].includes(name.toLowerCase())),
  ['content-security-policy', 'sandbox'],
];

const lengthOf = (status: number, body: Buffer): HeaderLines => (status === 204 || status === 304 ? [] : [['content-length', String(body.length)]]);
