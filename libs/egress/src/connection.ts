import type { Socket } from 'node:net';
import { Client, type Dispatcher } from 'undici';
import { MAX_HEAD_BYTES } from './answer-head.js';
import { mendParser } from './undici-mends.js';

/** undici's default, and shorter than what common servers keep: Node and Apache close after 5 s, nginx after 75 s. */
const IDLE_MS = 4_000;
/** Where the server's `Keep-Alive: timeout` promises longer, at most this. */
export const LONGEST_IDLE_MS = 30_000;
/** Not used any more after this. A request takes 30 s at most, an idle socket is closed after 30 s, so that none is older than five minutes. */
export const LIFE_MS = 270_000;

/** One vetted socket that speaks HTTP/1.1, one request at a time. It never reconnects: a connection that is gone is gone. */
export class Connection {
  readonly shared = false;
  readonly room = 1;
  readonly #client: Client;
  readonly #socket: Socket;
  readonly #endOfLife = performance.now() + LIFE_MS;

  /** `origin`: the pool's name for where it leads and as whom, `url` where. */
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

  /** The peer has sent its last byte. */
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

/** undici asks for a socket whenever it has something to send and none to send it on: the first time it gets this one, and never another. */
function onlyOnce(socket: Socket): Client.Options['connect'] {
  let given = false;
  return (_options, callback) => {
    const gone = given;
    given = true;
    // In a later turn: undici forgets a request whose connector returns with the connection made.
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
