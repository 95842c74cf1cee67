import { copyIn } from '@nuncio/database';
import type { DataSource, EntityManager } from 'typeorm';
import { binaryRows } from './binary-array.js';
import type { Column } from './unnest.js';

/** So many batches are not tried at most, after one that had something in it that was there already: such batches come in a row. */
const MOST_SPARED = 64;

/**
 * Writes rows that are most likely new, by COPY, which costs PostgreSQL two thirds of an `INSERT … ON CONFLICT` (docs/adr/0054). Nothing is written where one of them
 * is there already, or is refused: the statement that minds that does it all then.
 */
export class FreshRows<T> {
  readonly #statement: string;
  #spared = 0;
  #toSpare = 1;

  constructor(
    table: string,
    private readonly columns: readonly Column<T>[],
    /** In the same transaction. */
    private readonly also: (tx: EntityManager, rows: readonly T[]) => Promise<unknown> = () => Promise.resolve(),
  ) {
    this.#statement = `COPY ${table} (${columns.map(({ name }) => name).join(', ')}) FROM STDIN (FORMAT binary)`;
  }

  /** Whether they are written. What is no matter of these rows (the server is away) is thrown. */
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

/** SQLSTATE classes 22 (data exception), 23 (a key that is there already) and 54 (an index row that is too long); a number that its column's type does not have. */
function isOfRows(error: unknown): boolean {
  if ((error as Error).name === 'RangeError') return true;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^(22|23|54)\w{3}$/.test(code);
}
