import { styleText } from 'node:util';
import type { Json } from './api.js';

/** How this run writes: a person reads text, a program `--json`. */
export interface Output {
  readonly isJson: boolean;
  readonly isColoured: boolean;
}

type Colour = Parameters<typeof styleText>[0];

/** `NO_COLOR` (no-color.org), a pipe and `--json` are without colours. */
export const outputOf = (isJson: boolean, env: NodeJS.ProcessEnv = process.env, isTerminal = process.stdout.isTTY): Output => ({ isJson, isColoured: !isJson && isTerminal && !env.NO_COLOR });

const COLOURS: Readonly<Record<string, Colour>> = { delivered: 'green', activated: 'green', done: 'green', ok: 'green', working: 'green', failed: 'red', expired: 'red', blocked: 'red', held: 'yellow', parked: 'yellow', pending: 'yellow', paused: 'yellow', running: 'cyan' };

/** A state in its colour. */
export function coloured(text: string, { isColoured }: Output): string {
  const colour = COLOURS[text.trim()];
  return isColoured && colour ? styleText(colour, text, { validateStream: false }) : text;
}

export const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** One value: as JSON, or as a person reads it. */
export function show(value: unknown, output: Output, text: () => string): void {
  print(output.isJson ? JSON.stringify(value, null, 2) : text());
}

/** Rows under the names of their columns. What is no text is shown as JSON, what is not there as a dash. */
export function table(rows: readonly Json[], columns: readonly string[], output: Output): string {
  const cells = rows.map((row) => columns.map((column) => cell(row[column])));
  const widths = columns.map((column, i) => Math.max(column.length, ...cells.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[], paint = (text: string): string => text): string => row.map((text, i) => paint(text.padEnd(widths[i] ?? 0))).join('  ').trimEnd();
  return [line(columns.map((column) => column.toUpperCase())), ...cells.map((row) => line(row, (text) => coloured(text, output)))].join('\n');
}

/** In one line, and without what a terminal would take for an order: it comes from strangers. */
// eslint-disable-next-line no-control-regex -- they are what is taken out
export const plain = (text: string): string => text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '·');

/** A value of an answer as text; as JSON, if it is no text. */
export const textOf = (value: unknown): string => (value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value));

function cell(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return plain(textOf(value)).replaceAll('\n', ' ');
}
