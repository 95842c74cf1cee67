import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A connection to a server that can be cut and mended: what goes through it reaches the server, until then, and afterwards again. */
export class Cable {
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #port = 0;

  private constructor(private readonly far: URL) {}

  static async to(url: string): Promise<Cable> {
    const cable = new Cable(new URL(url));
    await cable.mend();
    return cable;
  }

  /** This end's: what was asked for, by another port. */
  get url(): URL {
    const near = new URL(this.far);
    near.hostname = '127.0.0.1';
    near.port = String(this.#port);
    return near;
  }

  async mend(): Promise<void> {
    const server = createServer((near) => {
      const far = connect(Number(this.far.port), this.far.hostname);
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on('close', () => this.#sockets.delete(socket)).on('error', () => undefined);
      }
      near.pipe(far).pipe(near);
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Nobody gets through any more, and who was through is thrown out. */
  async cut(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = null;
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(server, 'close');
  }
}
