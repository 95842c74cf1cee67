import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';

/** After this long another replica takes over. */
const LEASE_MS = 2_000;
const RENEW_AFTER_MS = LEASE_MS / 4;

const HOLD = `
  update config.relay set holder = $1, held_until = now() + $2 * interval '1 ms'
  where holder = $1 or held_until < now()
  returning position`;
const ADVANCE = 'update config.relay set position = $2 where holder = $1 and position < $2';
const RELEASE = 'update config.relay set held_until = now() where holder = $1';

/**
 * Decides which replica relays. Two may still believe that they hold the lease, for example after one was paused; the lease only keeps them from
 * competing all the time. Kafka ensures that only one can publish: see publisher.ts.
 */
export class Lease {
  readonly #holder = randomUUID();
  /** When the last successful renewal was requested, epoch milliseconds. */
  #heldAt = -Infinity;

  constructor(private readonly database: DataSource) {}

  /** Takes or renews the lease. Returns the position up to which everything has been published; null = another replica holds the lease. */
  async hold(): Promise<number | null> {
    // An update with `returning` returns the rows and their number.
    const askedAt = Date.now();
    const [rows] = await this.database.query<[{ position: string }[], number]>(HOLD, [this.#holder, LEASE_MS]);
    this.#heldAt = rows[0] ? askedAt : -Infinity;
    return rows[0] ? Number(rows[0].position) : null;
  }

  /** Whether this replica holds the lease. Asks the database unless it was renewed a moment ago. */
  async isHeld(): Promise<boolean> {
    return Date.now() - this.#heldAt < RENEW_AFTER_MS || (await this.hold()) !== null;
  }

  /** Records that everything up to `position` has been published. */
  async advance(position: number): Promise<void> {
    await this.database.query(ADVANCE, [this.#holder, position]);
  }

  async release(): Promise<void> {
    this.#heldAt = -Infinity;
    await this.database.query(RELEASE, [this.#holder]);
  }
}
