/** One column of a batch insert. Times are given as RFC 3339, bytes as Buffer, JSON as text. */
export interface Column<T> {
  readonly name: string;
  readonly type: 'text' | 'int' | 'bigint' | 'timestamptz' | 'real' | 'bytea' | 'json';
  readonly value: (row: T) => string | number | Buffer | null;
}

/** `INSERT INTO … SELECT FROM unnest`: an array per column, so that a statement is the same text whatever the number of its rows. */
export const unnestInsert = <T>(table: string, columns: readonly Column<T>[], onConflict: string): string => {
  const names = columns.map((c) => c.name).join(', ');
  const arrays = columns.map((c, i) => (c.type === 'json' ? `string_to_array($${i + 1}, E'\\x1e')::json[]` : `$${i + 1}::${c.type}[]`)).join(', ');
  return `INSERT INTO ${table} (${names}) SELECT * FROM unnest(${arrays}) ${onConflict}`;
};

/** The parameters of an `unnestInsert`: one array literal a column, written here since pg's own takes several times as long. */
export const unnestValues = <T>(columns: readonly Column<T>[], rows: readonly T[]): string[] =>
  columns.map(({ type, value }) => (type === 'json' ? rows.map(value).join(RECORD_SEPARATOR) : `{${rows.map((row) => elementOf(value(row))).join(',')}}`));

/** A control character, which JSON text cannot have in it (RFC 8259 §7): JSON is full of quotes, and is spared to be escaped. */
const RECORD_SEPARATOR = '\x1e';

/** https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
function elementOf(value: string | number | Buffer | null): string | number {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return `"\\\\x${value.toString('hex')}"`;
  return `"${/["\\]/.test(value) ? value.replaceAll(/["\\]/g, '\\$&') : value}"`;
}

export const rfc3339 = (ms: number): string => new Date(ms).toISOString();
export const rfc3339OrNull = (ms: number | null): string | null => (ms === null ? null : rfc3339(ms));
