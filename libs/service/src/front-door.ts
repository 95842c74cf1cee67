import { once } from 'node:events';
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type RequestListener, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Fault } from '@nuncio/contracts';
import { kafkaFaults, waits } from '@nuncio/kafka';
import type { FastifyServerOptions } from 'fastify';
import { REQUEST_ID, requestIdOf } from './http/request-id.js';
import { AGAIN_AFTER_SECONDS, toProblem } from './problem.filter.js';

const STARTING = 'it is starting';

/**
 * A service's port, open from the start of the process. Until the service is ready, `/health/live` answers 200, `/health/ready` 503 with what the
 * service waits for, and everything else 503, so that a supervisor does not end a service that waits. Then the same server serves the application.
 */
export class FrontDoor {
  readonly #server: Server;
  #application: RequestListener | undefined;
  #isOpen = false;
  #missing = STARTING;

  constructor(options: ServerOptions) {
    this.#server = createServer(options, (request, response) => {
      if (this.#isOpen) this.#application?.(request, response);
      else this.#turnAway(request, response);
    });
  }

  /** For Fastify's `serverFactory`. */
  readonly leadTo = (application: RequestListener, { keepAliveTimeout, connectionTimeout }: FastifyServerOptions): Server => {
    this.#application = application;
    if (keepAliveTimeout !== undefined) this.#server.keepAliveTimeout = keepAliveTimeout;
    if (connectionTimeout !== undefined) this.#server.timeout = connectionTimeout;
    return this.#server;
  };

  /** Resolves with the port; rejects if it is taken. 0 = any free port. */
  async listen(port: number, host: string): Promise<number> {
    waits.subscribe(this.#onWait);
    await once(this.#server.listen(port, host), 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on the application answers. */
  open(): void {
    waits.unsubscribe(this.#onWait);
    this.#isOpen = true;
  }

  /** Takes no more connections, and resolves when the last request has been answered. */
  async close(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }

  readonly #onWait = (reason: unknown): void => {
    this.#missing = typeof reason === 'string' ? reason : STARTING;
  };

  #turnAway(request: IncomingMessage, response: ServerResponse): void {
    const requestId = requestIdOf(request);
    const [status, type, body] = this.#answerTo(request, requestId);
    const headers: OutgoingHttpHeaders = {
      'content-type': type,
      'cache-control': 'no-store',
      [REQUEST_ID]: requestId,
      ...(status === 503 && { 'retry-after': String(AGAIN_AFTER_SECONDS) }),
      // The rest of the body is not read.
      connection: 'close',
    };
    response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : JSON.stringify(body));
  }

  #answerTo({ method, url = '' }: IncomingMessage, requestId: string): [status: number, type: string, body: object] {
    const path = method === 'GET' || method === 'HEAD' ? url.split('?', 1)[0] : '';
    if (path === '/health/live') return [200, 'application/json; charset=utf-8', { status: 'live' }];
    if (path === '/health/ready') return [503, 'application/json; charset=utf-8', { status: 'not ready', missing: [this.#missing, ...kafkaFaults()] }];
    return [503, 'application/problem+json', toProblem(new Fault('unavailable', 'The service is starting; try again in a moment.', { retriable: true }), requestId)];
  }
}
