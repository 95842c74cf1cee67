import Connection from 'kafkajs/src/network/connection.js';

/** The bytes of a frame's own length. */
const LENGTH_BYTES = 4;
/** How long before the end of a session (KIP-368) a connection authenticates again: so many milliseconds, but at most this part of the session. */
const AUTHENTICATES_BEFORE = { ms: 10_000, part: 1 / 4 } as const;

/** Repairs of kafkajs' connections. They matter when a broker goes away. */
export function mendConnections(): void {
  const { connect, disconnect, send } = Connection.prototype;

  /** Requests that find it closed connect at the same time, each with a socket of its own. What is written goes to the last socket, and the end of any other ends all. */
  const connecting = new WeakMap<Connection, Promise<unknown>>();
  Connection.prototype.connect = function (this: Connection) {
    if (this.isConnected()) return Promise.resolve(true);
    return onceAtATime(connecting, this, () => {
      // A part of an answer that broke off must not begin the next one.
      Object.assign(this, { chunks: [], bytesBuffered: 0, bytesNeeded: LENGTH_BYTES });
      return connect.call(this);
    });
  };

  /** If two end it at once, the second ends the connection that was made since. So does the end of the former socket, which comes later. */
  const disconnecting = new WeakMap<Connection, Promise<unknown>>();
  Connection.prototype.disconnect = function (this: Connection) {
    return onceAtATime(disconnecting, this, async () => {
      const { socket } = this;
      await disconnect.call(this);
      socket?.destroySoon();
    });
  };

  /** kafkajs does so ten seconds before: where sessions are shorter, before each request. A broker refuses that more than once a second, which ends a consumer. */
  const { isAuthenticated } = Connection.prototype;
  Connection.prototype.isAuthenticated = function (this: Connection) {
    this.reauthenticationThreshold = Math.min(AUTHENTICATES_BEFORE.ms, Math.floor(Number(this.sessionLifetime) * AUTHENTICATES_BEFORE.part));
    return isAuthenticated.call(this);
  };

  /** A connection whose other end has vanished counts as connected as long as the system tries, for a quarter of an hour. A request without an answer closes it. */
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
