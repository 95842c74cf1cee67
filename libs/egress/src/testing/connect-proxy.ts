import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Certificate } from './certificate.js';

export interface ConnectProxy {
  readonly port: number;
  /** The CONNECT requests so far: target and headers. */
  readonly asked: { readonly target: string | undefined; readonly host: string | undefined; readonly authorization: string | undefined }[];
  close(): Promise<void>;
}

/** An HTTP proxy on loopback. `answer` gives for a target a port of loopback, or the text to write instead of a tunnel. */
export async function startConnectProxy(answer: (target: string) => number | string, certificate?: Certificate): Promise<ConnectProxy> {
  const asked: ConnectProxy['asked'] = [];
  const sockets = new Set<Duplex>();
  const server = certificate ? createTlsServer(certificate) : createServer();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.on('connect', ({ url = '', headers }: IncomingMessage, socket: Duplex) => {
    asked.push({ target: url, host: headers.host, authorization: headers['proxy-authorization'] });
    socket.on('error', () => undefined);
    const destination = answer(url);
    if (typeof destination === 'string') {
      socket.end(destination);
      return;
    }
    const onward = connect(destination, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    sockets.add(onward);
    onward.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
