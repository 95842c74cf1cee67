import pg from 'pg';

type Connected = Parameters<Extract<pg.Pool['connect'], (callback: never) => void>>[0];

/**
 * How values are written and read, whatever the server, the database or the role has by default: pg reads times in ISO 8601 alone, and takes others for null. These are
 * the settings at connect that a pooler allows.
 */
const SPELLING = { DateStyle: 'ISO, MDY', TimeZone: 'UTC', standard_conforming_strings: 'on' };

interface Startup {
  getStartupConf(): object;
}

class Client extends pg.Client {
  /** pg sends these settings with the login. Its types do not have this method. */
  getStartupConf(): object {
    return { ...(pg.Client.prototype as unknown as Startup).getStartupConf.call(this), ...SPELLING };
  }
}

const pools = new Set<pg.Pool>();

/** The connections of all pools of this process: used, idle, and the requests that wait for one. */
export function connections(): { used: number; idle: number; waiting: number } {
  const sum = { used: 0, idle: 0, waiting: 0 };
  for (const { totalCount, idleCount, waitingCount } of pools) {
    sum.used += totalCount - idleCount;
    sum.idle += idleCount;
    sum.waiting += waitingCount;
  }
  return sum;
}

/** pg's pool, whose connections can all be replaced at once: idle ones are closed when they would be used next, those in use when they come back. */
export class Pool extends pg.Pool {
  readonly #since = new WeakMap<object, number>();
  #renewals = 0;

  constructor(config?: pg.PoolConfig) {
    super({ ...config, Client });
    pools.add(this);
    this.on('connect', (client) => {
      this.#since.set(client, this.#renewals);
      // A connection that ends while it is handed over has no other listener, and the error would end the process.
      client.on('error', () => undefined);
    });
  }

  override end(): Promise<void>;
  override end(callback: () => void): void;
  override end(callback?: () => void): Promise<void> | undefined {
    pools.delete(this);
    if (!callback) return super.end();
    super.end(callback);
    return undefined;
  }

  /** From now on every request gets a connection that was made after this call. */
  renew(): void {
    this.#renewals += 1;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<pg.PoolClient> | undefined {
    if (!callback) {
      const { promise, resolve, reject } = Promise.withResolvers<pg.PoolClient>();
      this.connect((error, client) => {
        if (client) resolve(client);
        else reject(error ?? new Error('there is no connection'));
      });
      return promise;
    }
    super.connect((error, client, release) => {
      if (!client || this.#since.get(client) === this.#renewals) callback(error, client, release);
      else {
        release(true);
        this.connect(callback);
      }
    });
    return undefined;
  }
}
