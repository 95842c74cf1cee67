import { BRIEFLY, isDiskFull } from '@nuncio/database';
import { type DataSource, QueryFailedError, type QueryRunner } from 'typeorm';
import { dayOf, dayOfPartition, partitionName, startOf, type Day } from './day.js';

/** Tables with one partition per day. `attempt_minutes` is no longer written. */
const PARTITIONED = ['events', 'event_keys', 'unmatched', 'deliveries', 'deliveries_by_minute', 'facts', 'redelivered', 'attempts', 'attempts_by_minute', 'attempt_minutes', 'token_requests', 'failed_records'] as const;
export type PartitionedTable = (typeof PARTITIONED)[number];

/**
 * Tables that are only shown, most of the log. What is older than retention goes at once, however far the log is behind: nothing is decided by it, and
 * it is not written again. Parked deliveries, and the events that they need, go once they have expired.
 */
export const ONLY_SHOWN: readonly PartitionedTable[] = ['attempts', 'attempts_by_minute', 'attempt_minutes', 'token_requests'];

const DAYS_AHEAD = 2;
/** Advisory locks: numbers that no other user of the database takes. */
const MAKE_LOCK = 7_303_014;
const DROP_LOCK = 7_303_015;

interface StoredPartition {
  readonly name: string;
  readonly attached: boolean;
  /** A detach was begun and not finished. */
  readonly pending: boolean;
}

/** Makes day partitions ahead and on demand, and drops them after retention, while readers and writers go on. */
export class Partitions {
  readonly #made = new Map<PartitionedTable, Set<Day>>(PARTITIONED.map((table) => [table, new Set()]));

  constructor(
    private readonly dataSource: DataSource,
    private readonly retention: { readonly days: number },
  ) {}

  /** Whether rows of this time (epoch milliseconds) are kept: today, and `retention.days` whole days before. */
  covers(ms: number, now: number): boolean {
    return dayOf(ms) >= dayOf(now) - this.retention.days;
  }

  /**
   * Makes the partitions that rows need. Costs nothing for days that are known and still kept; an older day may have been dropped by another replica.
   */
  async ensure(table: PartitionedTable, days: Iterable<Day>, now: number): Promise<void> {
    const oldest = dayOf(now) - this.retention.days;
    for (const day of days) {
      if (day >= oldest && this.#made.get(table)?.has(day)) continue;
      await this.#make(table, day);
      this.#made.get(table)?.add(day);
    }
  }

  /**
   * Runs a write. If it fails since a partition is gone, which a replica that keeps fewer days has dropped, the known ones are forgotten, and `ensure` makes
   * it again for the next try.
   */
  async checking<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (isWithoutPartition(error)) for (const days of this.#made.values()) days.clear();
      throw error;
    }
  }

  /** RFC 3339. Older rows go at the next `dropExpired`. */
  keptFrom(now: number): string {
    return startOf(dayOf(now) - this.retention.days);
  }

  async ahead(now: number): Promise<void> {
    const today = dayOf(now);
    for (const table of PARTITIONED)
      await this.ensure(
        table,
        Array.from({ length: DAYS_AHEAD + 1 }, (_, i) => today + i),
        now,
      );
  }

  /**
   * Drops whole days and returns the partitions' names. Each is first detached concurrently, so that nobody waits; a detach that a crash left half
   * done is finished. A full disk has no room for that, so there a partition is dropped at once.
   */
  dropExpired(now: number, tables: readonly PartitionedTable[] = PARTITIONED): Promise<string[]> {
    // A lock of a transaction that does nothing else. A lock or setting of the session would pass to whoever gets the connection next from a pooler.
    return this.dataSource.transaction(async (lock) => {
      const [row] = await lock.query<{ got: boolean }[]>(`SELECT pg_try_advisory_xact_lock(${DROP_LOCK}) AS got`);
      if (!row?.got) return [];
      await lock.query('SET LOCAL idle_in_transaction_session_timeout = 0');
      // On a connection of its own without a time limit: detaching waits for everybody who has read from the partition.
      const runner = this.dataSource.createQueryRunner();
      try {
        const dropped: string[] = [];
        for (const partition of await this.#expired(now, tables)) {
          await drop(runner, partition);
          dropped.push(partition.name);
        }
        return dropped;
      } finally {
        await runner.release();
      }
    });
  }

  async #expired(now: number, tables: readonly PartitionedTable[]): Promise<(StoredPartition & { table: PartitionedTable })[]> {
    const stored = await this.dataSource.query<StoredPartition[]>(
      `SELECT c.relname AS name, i.inhrelid IS NOT NULL AS attached, coalesce(i.inhdetachpending, false) AS pending
       FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid WHERE c.relnamespace = 'log'::regnamespace AND c.relkind = 'r'`,
    );
    const oldest = dayOf(now) - this.retention.days;
    return tables.flatMap((table) =>
      stored.flatMap((partition) => {
        const day = dayOfPartition(table, partition.name);
        return day !== null && day < oldest ? [{ ...partition, table }] : [];
      }),
    );
  }

  /** Makes a table aside and attaches it. CREATE … PARTITION OF would lock the whole table. */
  async #make(table: PartitionedTable, day: Day): Promise<void> {
    const name = partitionName(table, day);
    await this.dataSource.transaction(async (tx) => {
      await tx.query(`SELECT pg_advisory_xact_lock(${MAKE_LOCK})`);
      const [exists] = await tx.query<unknown[]>(`SELECT 1 FROM pg_inherits WHERE inhrelid = to_regclass($1)`, [`log.${name}`]);
      if (exists) return;
      await tx.query(`CREATE TABLE IF NOT EXISTS log.${name} (LIKE log.${table} INCLUDING ALL)`);
      await tx.query(`ALTER TABLE log.${table} ATTACH PARTITION log.${name} FOR VALUES FROM ('${startOf(day)}') TO ('${startOf(day + 1)}')`);
    });
  }
}

/** PostgreSQL's "no partition of relation … found for row". No other check is on these tables. */
const isWithoutPartition = (error: unknown): boolean => error instanceof QueryFailedError && (error.driverError as { code?: string }).code === '23514';

async function drop(runner: QueryRunner, { table, name, attached, pending }: StoredPartition & { table: PartitionedTable }): Promise<void> {
  try {
    if (attached) await runner.query(`ALTER TABLE log.${table} DETACH PARTITION log.${name} ${pending ? 'FINALIZE' : 'CONCURRENTLY'}`);
    await runner.query(`DROP TABLE log.${name}`);
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    await runner.query(`${BRIEFLY}; DROP TABLE log.${name}`);
  }
}
