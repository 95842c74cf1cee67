import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openLog, type LogDatabase } from '../testing/log-database.js';
import { copyIn } from '@nuncio/database';
import { binaryArray, binaryRows, type Element, type ElementType } from './binary-array.js';

let log: LogDatabase;
beforeAll(async () => {
  log = await openLog();
});
afterAll(() => log.drop());

/** The elements as PostgreSQL reads them, in its text notation. */
async function read(type: ElementType, elements: readonly Element[]): Promise<(string | null)[]> {
  const rows = await log.dataSource.query<{ text: string | null }[]>(`SELECT e::text AS text FROM unnest($1::${type}[]) e`, [binaryArray(type, elements)]);
  return rows.map(({ text }) => text);
}

it.each<[ElementType, Element[], (string | null)[]]>([
  ['text', ['', 'a"b\\', null, 'NULL', '{}', 'ü€🜁', 'x'.repeat(100_000)], ['', 'a"b\\', null, 'NULL', '{}', 'ü€🜁', 'x'.repeat(100_000)]],
  ['bool', [true, null, false], ['true', null, 'false']],
  ['int', [0, -1, 2 ** 31 - 1, null], ['0', '-1', '2147483647', null]],
  ['bigint', ['9223372036854775807', -(2 ** 53) + 1, null], ['9223372036854775807', '-9007199254740991', null]],
  ['real', [0.5, 12, null], ['0.5', '12', null]],
  ['bytea', [Buffer.from([0, 255]), Buffer.alloc(0), null], ['\\x00ff', '\\x', null]],
  ['json', ['{"a":"\\u0000"}', Buffer.from('[1]'), null], ['{"a":"\\u0000"}', '[1]', null]],
  ['text', [], []],
])('encodes for PostgreSQL: %s', async (type, elements, expected) => {
  expect(await read(type, elements)).toEqual(expected);
});

it('encodes rows for PostgreSQL without a change', async () => {
  const types = ['text', 'bool', 'int', 'bigint', 'real', 'bytea', 'json', 'timestamptz'] as const;
  const rows: Element[][] = [
    ['ü€🜁', true, -1, '9223372036854775807', 0.5, Buffer.from([0, 255]), Buffer.from('[1]'), 0],
    types.map(() => null),
    ['x'.repeat(100_000), false, 2 ** 31 - 1, 0, 12, Buffer.alloc(0), '{"a":"\\u0000"}', Date.UTC(2026, 2, 29)],
  ];
  const columns = types.map((type, n) => ({ type, value: (row: Element[]): Element => row[n] ?? null }));
  const read = await log.dataSource.transaction(async (tx) => {
    await tx.query(`CREATE TEMP TABLE rows (${types.map((type, n) => `c${n} ${type}`).join(', ')}) ON COMMIT DROP`);
    await copyIn(tx, 'COPY rows FROM STDIN (FORMAT binary)', binaryRows(columns, rows));
    await copyIn(tx, 'COPY rows FROM STDIN (FORMAT binary)', binaryRows(columns, []));
    return tx.query<Record<string, unknown>[]>('SELECT * FROM rows');
  });
  expect(read.map((row) => Object.values(row))).toEqual([
    ['ü€🜁', true, -1, '9223372036854775807', 0.5, Buffer.from([0, 255]), [1], new Date(0)],
    types.map(() => null),
    ['x'.repeat(100_000), false, 2 ** 31 - 1, '0', 12, Buffer.alloc(0), { a: '\u0000' }, new Date(Date.UTC(2026, 2, 29))],
  ]);
});

it('encodes times to the millisecond, before and after 2000', async () => {
  const times = [Date.UTC(1969, 6, 20, 20, 17, 40, 123), Date.UTC(2026, 2, 29, 1, 30, 0, 999), Date.UTC(2300, 0, 1)];
  const rows = await log.dataSource.query<{ at: Date }[]>('SELECT at FROM unnest($1::timestamptz[]) at', [binaryArray('timestamptz', times)]);
  expect(rows.map(({ at }) => at.getTime())).toEqual(times);
});

it.each<[ElementType, number]>([
  ['int', 2 ** 31],
  ['bigint', 2 ** 64],
  ['timestamptz', Infinity],
])('has no %s for %s', (type, value) => {
  expect(() => binaryArray(type, [value])).toThrow(expect.objectContaining({ name: 'RangeError' }));
});
