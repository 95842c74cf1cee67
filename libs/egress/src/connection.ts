import type { Socket } from 'node:net';
import { Client, type Dispatcher } from 'undici';
import { MAX_HEAD_BYTES } from './answer-head.js';
import { mendParser } from './undici-mends.js';

/** undici's default. Shorter than common servers keep connections open: Node.js and Apache 5 s, nginx 75 s. */
const IDLE_MS = 4_000;
/** The most, if the server's `Keep-Alive: timeout` promises longer. */
export const LONGEST_IDLE_MS = 30_000;
/**
 * The age after which a connection gets no more requests. A request takes 30 s at most, and an idle socket is closed after 30 s, so none
 * becomes older than five minutes.
 */
export const LIFE_MS = 270_000;

/** A judged socket that speaks HTTP/1.1, one request at a time. It never reconnects. */
export class Connection {
  readonly shared = false;
  readonly room = 1;
  readonly #client: Client;
  readonly #socket: Socket;
  readonly #endOfLife = performance.now() + LIFE_MS;

  /** `origin`: the pool's key for it. `url`: where it leads. */
  constructor(
    readonly origin: string,
    url: string,
    socket: Socket,
  ) {
    this.#socket = socket;
    this.#client = new Client(url, {
      connect: onlyOnce(socket),
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: LONGEST_IDLE_MS,
      maxHeaderSize: MAX_HEAD_BYTES,
      // The call's deadline covers both, and is exact.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  get usable(): boolean {
    return !this.#socket.destroyed && performance.now() < this.#endOfLife;
  }

  /** Whether the peer has sent its last byte. */
  get ended(): boolean {
    return this.#socket.readableEnded;
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#client.dispatch(options, handler);
  }

  onClosed(listener: () => void): void {
    this.#socket.once('close', listener);
  }

  retire(): void {
    this.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/** undici asks for a socket when it has something to send and no socket. The first time it gets this one, and never another. */
function onlyOnce(socket: Socket): Client.Options['connect'] {
  let given = false;
  return (_options, callback) => {
    const gone = given;
    given = true;
    // In a later turn: undici would lose the request if the connector returned with the connection made.
    queueMicrotask(() => {
      if (gone) {
        callback(new Error('the connection is gone'), null);
        return;
      }
      callback(null, socket);
      if (!socket.destroyed) mendParser(socket);
    });
  };
}
