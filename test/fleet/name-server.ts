import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { freePort } from '@nuncio/embedded';

const TYPE_A = 1;
/** A resource record: the question's name, type A, class IN, an hour, 127.0.0.1 (RFC 1035 §4.1.3). */
const LOOPBACK = Buffer.from([0xc0, 0x0c, 0, TYPE_A, 0, 1, 0, 0, 0x0e, 0x10, 0, 4, 127, 0, 0, 1]);

/** A DNS server over UDP that resolves every host to 127.0.0.1, and can be taken away. */
export class NameServer {
  #socket: Socket | null = null;

  private constructor(private readonly port: number) {}

  static async start(): Promise<NameServer> {
    const server = new NameServer(await freePort());
    await server.up();
    return server;
  }

  /** `127.0.0.1:port`. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async up(): Promise<void> {
    const socket = createSocket('udp4');
    socket.on('message', (query, { port, address }) => {
      socket.send(reply(query), port, address);
    });
    socket.bind(this.port, '127.0.0.1');
    await once(socket, 'listening');
    this.#socket = socket;
  }

  down(): void {
    this.#socket?.close();
    this.#socket = null;
  }
}

function reply(query: Buffer): Buffer {
  const end = query.indexOf(0, 12) + 5;
  const isAddress = query.readUInt16BE(end - 4) === TYPE_A;
  const head = Buffer.alloc(12);
  query.copy(head, 0, 0, 2);
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(isAddress ? 1 : 0, 6);
  return Buffer.concat([head, query.subarray(12, end), ...(isAddress ? [LOOPBACK] : [])]);
}
