import { binaryArray, type Element, type ElementType } from './binary-array.js';

/** One column of a batch insert. */
export interface Column<T> {
  readonly name: string;
  readonly type: ElementType;
  readonly value: (row: T) => Element;
}

/** `INSERT INTO … SELECT FROM unnest`: an array per column, so that a statement is the same text whatever the number of its rows. */
export const unnestInsert = <T>(table: string, columns: readonly Column<T>[], onConflict: string): string => {
  const names = columns.map((c) => c.name).join(', ');
  const arrays = columns.map((c, i) => `$${i + 1}::${c.type}[]`).join(', ');
  return `INSERT INTO ${table} (${names}) SELECT * FROM unnest(${arrays}) ${onConflict}`;
};

/** The parameters of an `unnestInsert`: one array a column, as PostgreSQL has it on the wire, which spares both sides to write and read text. */
export const unnestValues = <T>(columns: readonly Column<T>[], rows: readonly T[]): Buffer[] =>
  columns.map(({ type, value }) => binaryArray(type, rows.map(value)));
