/** The limit for all origins; beyond it, the connection that has been idle longest is closed. */
export const MAX_IDLE = 4_096;

/** The pool's view of a connection. */
export interface Pooled {
  readonly origin: string;
  readonly usable: boolean;
  /** Takes several requests at a time (HTTP/2); `room` = how many more. */
  readonly shared: boolean;
  readonly room: number;
  /** Closes it as soon as nothing is under way on it. */
  retire(): void;
  onClosed(listener: () => void): void;
  destroy(): void;
}

interface Origin<C> {
  /** With room for a request. Newest last, and taken first: what is not needed grows old and closes. */
  readonly free: C[];
  readonly open: Set<C>;
}

/**
 * Connections by origin: scheme, name, port, and our own identity there, on which SNI, the certificate check, our own certificate and Host depend. Each connection was judged
 * and pinned when it was opened, and none is shared between origins. There are as many as requests under way, which the caller limits. An origin is forgotten with its
 * last connection.
 */
export class Pool<C extends Pooled> {
  readonly #origins = new Map<string, Origin<C>>();
  /** Nothing is under way on them. */
  readonly #idle = new Set<C>();
  #closing = false;

  constructor(private readonly maxIdle = MAX_IDLE) {}

  /** Origins with an open connection. */
  get size(): number {
    return this.#origins.size;
  }

  /** An open connection with room: out of the pool until it is released where it takes one request at a time. */
  take(origin: string): C | null {
    const free = this.#origins.get(origin)?.free ?? [];
    for (let connection = free.at(-1); connection; connection = free.at(-1)) {
      const { usable, room } = connection;
      if (!connection.shared || !usable || room <= 1) free.pop();
      if (!usable) {
        this.#idle.delete(connection);
        connection.retire();
      } else if (room > 0) {
        this.#idle.delete(connection);
        return connection;
      }
    }
    return null;
  }

  /** A new connection, in use from the start. */
  add(connection: C): C {
    const origin = this.#origins.get(connection.origin) ?? { free: [], open: new Set<C>() };
    this.#origins.set(connection.origin, origin);
    origin.open.add(connection);
    if (connection.shared) origin.free.push(connection);
    connection.onClosed(() => {
      this.#remove(connection, origin);
    });
    return connection;
  }

  /** A request on it is over. `idle`: the last one. */
  release(connection: C, idle = true): void {
    const origin = this.#origins.get(connection.origin);
    if (this.#closing || !origin || !connection.usable) {
      connection.retire();
      return;
    }
    if (!connection.shared || !origin.free.includes(connection)) origin.free.push(connection);
    if (!idle) return;
    this.#idle.add(connection);
    if (this.#idle.size > this.maxIdle) this.#closeOldest();
  }

  /** Closes what is idle now, the rest as it is released; resolves when none is left. */
  async close(): Promise<void> {
    this.#closing = true;
    const open = [...this.#origins.values()].flatMap((origin) => [...origin.open]);
    const closed = open.map(
      (connection) =>
        new Promise<void>((resolve) => {
          connection.onClosed(resolve);
        }),
    );
    for (const connection of this.#idle) connection.destroy();
    await Promise.all(closed);
  }

  #closeOldest(): void {
    const [oldest] = this.#idle;
    if (!oldest) return;
    this.#idle.delete(oldest);
    oldest.destroy();
  }

  #remove(connection: C, origin: Origin<C>): void {
    origin.open.delete(connection);
    this.#idle.delete(connection);
    const at = origin.free.indexOf(connection);
    if (at >= 0) origin.free.splice(at, 1);
    if (origin.open.size === 0) this.#origins.delete(connection.origin);
  }
}
