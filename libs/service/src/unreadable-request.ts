import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { Fault } from '@nuncio/contracts';
import type { FastifyServerOptions } from 'fastify';
import { REQUEST_ID } from './http/request-id.js';
import { sendProblem, toProblem } from './problem.filter.js';

/** Answers with a problem when Node.js' HTTP parser refuses a request, or Fastify does before routing. */
export const onUnreadableRequest: Pick<FastifyServerOptions, 'clientErrorHandler' | 'frameworkErrors'> = {
  clientErrorHandler(error, socket) {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else answer(socket, UNREADABLE[error.code]?.() ?? unreadable());
  },
  frameworkErrors(error, _request, reply) {
    // A part of the path is longer than any name or id.
    sendProblem(reply, error.statusCode === 414 ? new Fault('not-found', 'There is nothing here.') : unreadable());
  },
};

const UNREADABLE: Readonly<Record<string, () => Fault>> = {
  HPE_HEADER_OVERFLOW: () => new Fault('headers-too-large', 'The URL and the headers are larger than 16 KiB.'),
  ERR_HTTP_REQUEST_TIMEOUT: () => new Fault('request-timeout', 'The request did not arrive within 30 s.', { retriable: true }),
};

const unreadable = (): Fault => new Fault('malformed-request', 'The request cannot be read.');

function answer(socket: Socket, fault: Fault): void {
  const requestId = randomUUID();
  const problem = toProblem(fault, requestId);
  const body = JSON.stringify(problem);
  const head = [`HTTP/1.1 ${problem.status} ${problem.title}`, 'connection: close', `${REQUEST_ID}: ${requestId}`, 'cache-control: no-store', 'content-type: application/problem+json', `content-length: ${Buffer.byteLength(body)}`];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
