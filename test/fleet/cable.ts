import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A connection to a server that can be cut or silenced, and repaired. */
export class Cable {
  readonly #pairs = new Set<readonly [near: Socket, far: Socket]>();
  #server: Server | null = null;
  #silent = false;

  private constructor(
    private readonly far: URL,
    private port: number,
  ) {}

  /** `port`: that of this end; by default a free one. */
  static async to(url: string, port = 0): Promise<Cable> {
    const cable = new Cable(new URL(url), port);
    await cable.mend();
    return cable;
  }

  /** The server's URL with the port of this end. */
  get url(): URL {
    const near = new URL(this.far);
    near.hostname = '127.0.0.1';
    near.port = String(this.port);
    return near;
  }

  /** Data that was held back while it was silent arrives now. */
  async mend(): Promise<void> {
    if (this.#silent) for (const [near, far] of this.#pairs) near.pipe(far).pipe(near);
    this.#silent = false;
    if (this.#server) return;
    const server = createServer((near) => {
      const far = connect(Number(this.far.port), this.far.hostname);
      const pair = [near, far] as const;
      this.#pairs.add(pair);
      for (const [socket, other] of [pair, pair.toReversed()] as [Socket, Socket][]) {
        socket.on('error', () => undefined).on('close', () => {
          this.#pairs.delete(pair);
          other.destroy();
        });
      }
      if (!this.#silent) near.pipe(far).pipe(near);
    });
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Closes all connections, and refuses new ones. */
  async cut(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = null;
    server.close();
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    await once(server, 'close');
  }

  /** Keeps connections and accepts new ones, but passes no data in either direction, like a network that swallows packets. */
  silence(): void {
    this.#silent = true;
    for (const pair of this.#pairs) for (const socket of pair) socket.unpipe().pause();
  }
}
