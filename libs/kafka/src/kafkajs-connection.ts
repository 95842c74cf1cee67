import Connection from 'kafkajs/src/network/connection.js';

/** The bytes of a frame's own length. */
const LENGTH_BYTES = 4;

/** Mends of kafkajs' connections: none of them matters before a broker goes away. */
export function mendConnections(): void {
  const { connect, disconnect, send } = Connection.prototype;

  /** Requests that find it closed connect at the same time, each with a socket of its own; what is written goes to the last one, and the end of any other ends all. */
  const connecting = new WeakMap<Connection, Promise<unknown>>();
  Connection.prototype.connect = function (this: Connection) {
    if (this.isConnected()) return Promise.resolve(true);
    return onceAtATime(connecting, this, () => {
      // A part of an answer that broke off must not begin the next one.
      Object.assign(this, { chunks: [], bytesBuffered: 0, bytesNeeded: LENGTH_BYTES });
      return connect.call(this);
    });
  };

  /** The second of two that end it at once ends the connection that was made since; so does the end of the socket, which comes later. */
  const disconnecting = new WeakMap<Connection, Promise<unknown>>();
  Connection.prototype.disconnect = function (this: Connection) {
    return onceAtATime(disconnecting, this, async () => {
      const { socket } = this;
      await disconnect.call(this);
      socket?.destroySoon();
    });
  };

  /** One whose other end has vanished without a word counts as connected for as long as the system tries, a quarter of an hour. Who gets no answer closes it. */
  Connection.prototype.send = async function (this: Connection, exchange) {
    try {
      return await send.call(this, exchange);
    } catch (error) {
      if (error instanceof Error && error.name === 'KafkaJSRequestTimeoutError' && this.isConnected()) {
        const { socket } = this;
        this.rejectRequests(error);
        await this.disconnect();
        socket?.destroy();
      }
      throw error;
    }
  };
}

function onceAtATime(under: WeakMap<Connection, Promise<unknown>>, connection: Connection, work: () => Promise<unknown>): Promise<unknown> {
  const already = under.get(connection);
  if (already) return already;
  const begun = work().finally(() => under.delete(connection));
  under.set(connection, begun);
  return begun;
}
