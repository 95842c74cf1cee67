import type { Socket } from 'node:net';
import { Fault } from '@nuncio/contracts';
import type { FastifyServerOptions } from 'fastify';
import { sendProblem, toProblem } from './problem.filter.js';

/** What Node's HTTP parser refuses before there is a request, and Fastify before there is a route: told like everything else. */
export const onUnreadableRequest: Pick<FastifyServerOptions, 'clientErrorHandler' | 'frameworkErrors'> = {
  clientErrorHandler(error, socket) {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else answer(socket, error.code === 'HPE_HEADER_OVERFLOW' ? new Fault('headers-too-large', 'The URL and the headers are larger than 16 KiB.') : unreadable());
  },
  frameworkErrors(error, _request, reply) {
    // A part of a path longer than any name or id.
    sendProblem(reply, error.statusCode === 414 ? new Fault('not-found', 'There is nothing here.') : unreadable());
  },
};

const unreadable = (): Fault => new Fault('malformed-request', 'The request cannot be read.');

function answer(socket: Socket, fault: Fault): void {
  const problem = toProblem(fault);
  const body = JSON.stringify(problem);
  const head = [`HTTP/1.1 ${problem.status} ${problem.title}`, 'connection: close', 'content-type: application/problem+json', `content-length: ${Buffer.byteLength(body)}`];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
