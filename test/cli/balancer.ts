import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface InsteadOf {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A load balancer before several gateways: each request goes to the next one that can be reached. */
export class Balancer {
  /** Method and path of every request, in order. */
  readonly requests: string[] = [];
  #instead: (call: string) => InsteadOf | null = () => null;
  #turn = 0;
  #lastError = '';

  private constructor(
    private readonly server: Server,
    private readonly gateways: readonly string[],
  ) {
    server.on('request', (asked: IncomingMessage, answer: ServerResponse) => void this.#serve(asked, answer));
  }

  static async start(...gateways: readonly string[]): Promise<Balancer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Balancer(server, gateways);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From now on `answerOf` answers instead of a gateway, unless it returns null. */
  instead(answerOf: (call: string) => InsteadOf | null): void {
    this.#instead = answerOf;
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  async #serve(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const call = `${asked.method ?? ''} ${asked.url ?? ''}`;
    this.requests.push(call);
    const chunks: Buffer[] = [];
    for await (const chunk of asked as AsyncIterable<Buffer>) chunks.push(chunk);
    const own = this.#instead(call);
    if (own) {
      answer.writeHead(own.status, own.headers).end(own.body);
      return;
    }
    const first = this.#turn++ % this.gateways.length;
    for (const gateway of [...this.gateways.slice(first), ...this.gateways.slice(0, first)]) if (await this.#pass(asked, Buffer.concat(chunks), answer, gateway)) return;
    answer.writeHead(502, { 'content-type': 'text/plain' }).end(`no gateway can be reached: ${this.#lastError}`);
  }

  /** Whether this gateway could be reached. */
  #pass(asked: IncomingMessage, body: Buffer, answer: ServerResponse, gateway: string): Promise<boolean> {
    return new Promise((resolve) => {
        const passed = request(`${gateway}${asked.url ?? ''}`, { method: asked.method, headers: { ...asked.headers, host: new URL(gateway).host }, agent: false }, (given) => {
        answer.writeHead(given.statusCode ?? 502, given.headers);
        given.pipe(answer);
        given.on('error', () => answer.destroy());
        answer.on('close', () => passed.destroy());
        resolve(true);
      });
      passed.on('error', (error) => {
        this.#lastError = error.message;
        if (answer.headersSent) answer.destroy();
        resolve(answer.headersSent);
      });
      passed.end(body);
    });
  }
}
