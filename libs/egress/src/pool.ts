/** Of all origins; past it the one that has been idle longest is closed. */
const MAX_IDLE = 4_096;

/** What the pool must know of a connection. */
export interface Pooled {
  readonly origin: string;
  readonly usable: boolean;
  onClosed(listener: () => void): void;
  destroy(): void;
}

interface Origin<C> {
  /** Newest last, and taken first: what is not needed grows old and closes. */
  readonly idle: C[];
  readonly open: Set<C>;
}

/**
 * Connections by origin, which is scheme, name and port, and who we are there: what SNI, certificate check, our own certificate and Host follow from. Each of them was vetted and pinned on its own
 * when it was opened, and none is shared between origins. As many are open as requests are under way, which is the caller's to limit, and an
 * origin is forgotten with its last connection.
 */
export class Pool<C extends Pooled> {
  readonly #origins = new Map<string, Origin<C>>();
  readonly #idle = new Set<C>();
  #closing = false;

  constructor(private readonly maxIdle = MAX_IDLE) {}

  /** Origins with an open connection. */
  get size(): number {
    return this.#origins.size;
  }

  /** An idle connection that is still open, out of the pool until it is released. */
  take(origin: string): C | null {
    const idle = this.#origins.get(origin)?.idle;
    for (let connection = idle?.pop(); connection; connection = idle?.pop()) {
      this.#idle.delete(connection);
      if (connection.usable) return connection;
      connection.destroy();
    }
    return null;
  }

  /** A new connection, in use from the start. */
  add(connection: C): C {
    const origin = this.#origins.get(connection.origin) ?? { idle: [], open: new Set<C>() };
    this.#origins.set(connection.origin, origin);
    origin.open.add(connection);
    connection.onClosed(() => {
      this.#remove(connection, origin);
    });
    return connection;
  }

  /** Back to the idle ones. */
  release(connection: C): void {
    const origin = this.#origins.get(connection.origin);
    if (this.#closing || !origin || !connection.usable) {
      connection.destroy();
      return;
    }
    origin.idle.push(connection);
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
    const at = origin.idle.indexOf(connection);
    if (at >= 0) origin.idle.splice(at, 1);
    if (origin.open.size === 0) this.#origins.delete(connection.origin);
  }
}
