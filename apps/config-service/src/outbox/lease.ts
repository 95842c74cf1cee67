import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';

/** A replica that is gone is succeeded after this long. */
const LEASE_MS = 2_000;
const RENEW_AFTER_MS = LEASE_MS / 4;

const HOLD = `
  update config.relay set holder = $1, held_until = now() + $2 * interval '1 ms'
  where holder = $1 or held_until < now()
  returning position`;
const ADVANCE = 'update config.relay set position = $2 where holder = $1 and position < $2';
const RELEASE = 'update config.relay set held_until = now() where holder = $1';

/**
 * Which replica relays. A lease alone does not keep two from believing that they hold it (one may have been paused); it keeps them from fighting. That only
 * one of them can publish is Kafka's doing: see publisher.ts.
 */
export class Lease {
  readonly #holder = randomUUID();
  /** Epoch milliseconds at which the answer that it is ours was asked for. */
  #heldAt = -Infinity;

  constructor(private readonly database: DataSource) {}

  /** Takes or renews it: the position up to which everything has been published, or null where another replica holds it. */
  async hold(): Promise<number | null> {
    // An update with `returning` answers rows and their number.
    const askedAt = Date.now();
    const [rows] = await this.database.query<[{ position: string }[], number]>(HOLD, [this.#holder, LEASE_MS]);
    this.#heldAt = rows[0] ? askedAt : -Infinity;
    return rows[0] ? Number(rows[0].position) : null;
  }

  /** Whether it was taken or renewed a moment ago; asks where that is longer ago. */
  async isHeld(): Promise<boolean> {
    return Date.now() - this.#heldAt < RENEW_AFTER_MS || (await this.hold()) !== null;
  }

  /** Everything up to `position` has been published. */
  async advance(position: number): Promise<void> {
    await this.database.query(ADVANCE, [this.#holder, position]);
  }

  async release(): Promise<void> {
    this.#heldAt = -Infinity;
    await this.database.query(RELEASE, [this.#holder]);
  }
}
