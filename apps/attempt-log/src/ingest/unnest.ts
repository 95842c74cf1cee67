import { binaryArray, type Element, type ElementType } from './binary-array.js';

export interface Column<T> {
  readonly name: string;
  readonly type: ElementType;
  readonly value: (row: T) => Element;
}

/** `INSERT INTO … SELECT FROM unnest` with one array per column, so that the statement is the same text for any number of rows. */
export const unnestInsert = <T>(table: string, columns: readonly Column<T>[], onConflict: string): string => {
  const names = columns.map((c) => c.name).join(', ');
  const arrays = columns.map((c, i) => `$${i + 1}::${c.type}[]`).join(', ');
  return `INSERT INTO ${table} (${names}) SELECT * FROM unnest(${arrays}) ${onConflict}`;
};

/** The parameters of an `unnestInsert`: one array per column, in PostgreSQL's binary format, so that neither side converts to text. */
export const unnestValues = <T>(columns: readonly Column<T>[], rows: readonly T[]): Buffer[] =>
  columns.map(({ type, value }) => binaryArray(type, rows.map(value)));
