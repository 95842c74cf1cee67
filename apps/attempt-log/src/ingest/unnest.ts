/** One column of a batch insert. Times are given as RFC 3339, bytes as Buffer, JSON as text. */
export interface Column<T> {
  readonly name: string;
  readonly type: 'text' | 'int' | 'bigint' | 'timestamptz' | 'real' | 'bytea' | 'json';
  readonly value: (row: T) => string | number | Buffer | null;
}

/** `INSERT INTO … SELECT FROM unnest`: an array per column, so that a statement is the same text whatever the number of its rows. */
export const unnestInsert = <T>(table: string, columns: readonly Column<T>[], onConflict: string): string => {
  const names = columns.map((c) => c.name).join(', ');
  const arrays = columns.map((c, i) => `$${i + 1}::${c.type}[]`).join(', ');
  return `INSERT INTO ${table} (${names}) SELECT * FROM unnest(${arrays}) ${onConflict}`;
};

export const unnestValues = <T>(columns: readonly Column<T>[], rows: readonly T[]): unknown[][] => columns.map(({ value }) => rows.map(value));

export const rfc3339 = (ms: number): string => new Date(ms).toISOString();
export const rfc3339OrNull = (ms: number | null): string | null => (ms === null ? null : rfc3339(ms));
