import { copyIn } from '@nuncio/database';
import type { DataSource, EntityManager } from 'typeorm';
import { binaryRows } from './binary-array.js';
import type { Column } from './unnest.js';

/** After a batch that had a row already present, the next ones skip COPY, since such batches come in a row. At most this many. */
const MOST_SPARED = 64;

/**
 * Writes rows that are probably new, by COPY, which costs PostgreSQL two thirds of an `INSERT … ON CONFLICT` (docs/adr/0054). If a row is already
 * present, or refused, nothing is written, and the caller uses the `INSERT` for all of them.
 */
export class FreshRows<T> {
  readonly #statement: string;
  #spared = 0;
  #toSpare = 1;

  constructor(
    table: string,
    private readonly columns: readonly Column<T>[],
    /** Runs in the same transaction. */
    private readonly also: (tx: EntityManager, rows: readonly T[]) => Promise<unknown> = () => Promise.resolve(),
  ) {
    this.#statement = `COPY ${table} (${columns.map(({ name }) => name).join(', ')}) FROM STDIN (FORMAT binary)`;
  }

  /** True = the rows were written; false = use the `INSERT`. Throws if the failure is not due to the rows (the server is away). */
  async write(dataSource: DataSource, rows: readonly T[]): Promise<boolean> {
    if (!rows.length) return true;
    if (this.#spared > 0) {
      this.#spared -= 1;
      return false;
    }
    try {
      await dataSource.transaction(async (tx) => {
        await copyIn(tx, this.#statement, binaryRows(this.columns, rows));
        await this.also(tx, rows);
      });
    } catch (error) {
      if (!isOfRows(error)) throw error;
      this.#spared = this.#toSpare;
      this.#toSpare = Math.min(MOST_SPARED, 2 * this.#toSpare);
      return false;
    }
    this.#toSpare = 1;
    return true;
  }
}

/** SQLSTATE classes 22 (data exception), 23 (the key is present already), 54 (an index row is too long); or a number out of its type's range. */
function isOfRows(error: unknown): boolean {
  if ((error as Error).name === 'RangeError') return true;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^(22|23|54)\w{3}$/.test(code);
}
