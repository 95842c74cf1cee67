/** Over all origins. Above it, the connection that has been idle longest is closed. */
export const MAX_IDLE = 4_096;

/** The pool's view of a connection. */
export interface Pooled {
  readonly origin: string;
  readonly usable: boolean;
  /** Whether it takes several concurrent requests (HTTP/2). `room`: how many more. */
  readonly shared: boolean;
  readonly room: number;
  /** Counts a request that gets it; absent if it takes only one. */
  enter?(): void;
  /** Closes it as soon as it has no request in progress. */
  retire(): void;
  onClosed(listener: () => void): void;
  destroy(): void;
}

interface Origin<C> {
  /** Connections with room. The newest is last and taken first, so that superfluous ones age and close. */
  readonly free: C[];
  readonly open: Set<C>;
}

/**
 * Connections by origin: scheme, name, port and our own identity. SNI, the certificate check, the client certificate and Host depend on these. Each
 * connection was judged and pinned when it was opened, and no two origins share one. There are as many as requests in progress, which the caller
 * limits. An origin is forgotten with its last connection.
 */
export class Pool<C extends Pooled> {
  readonly #origins = new Map<string, Origin<C>>();
  /** Connections without a request in progress. */
  readonly #idle = new Set<C>();
  #closing = false;

  constructor(private readonly maxIdle = MAX_IDLE) {}

  /** The number of origins with an open connection. */
  get size(): number {
    return this.#origins.size;
  }

  /** An open connection with room; null = none. One that takes a single request leaves the pool until it is released. */
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
        connection.enter?.();
        return connection;
      }
    }
    return null;
  }

  /** Adds a new connection that is in use. `alone`: nobody else may take it before it is released. */
  add(connection: C, alone = false): C {
    const origin = this.#origins.get(connection.origin) ?? { free: [], open: new Set<C>() };
    this.#origins.set(connection.origin, origin);
    origin.open.add(connection);
    connection.enter?.();
    if (connection.shared && !alone) origin.free.push(connection);
    connection.onClosed(() => {
      this.#remove(connection, origin);
    });
    return connection;
  }

  /** Called when a request on it has ended. `idle`: it was the last one. */
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

  /** Closes idle connections now, and the others when they are released. Resolves when none is left. */
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
