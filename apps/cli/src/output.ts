import { styleText } from 'node:util';
import type { Json } from './api.js';

/** How this run writes: text for a person, or JSON for a program. */
export interface Output {
  readonly isJson: boolean;
  readonly isColoured: boolean;
  /** Columns of the terminal. Not set = there is none, and nothing is left out. */
  readonly width?: number;
}

type Colour = Parameters<typeof styleText>[0];

/** `NO_COLOR` (no-color.org), a pipe, and `--json` turn colours off. */
export const outputOf = (isJson: boolean, env: NodeJS.ProcessEnv = process.env, isTerminal = process.stdout.isTTY): Output => ({ isJson, isColoured: !isJson && isTerminal && !env.NO_COLOR, ...(isTerminal && { width: process.stdout.columns }) });

const COLOURS: Readonly<Record<string, Colour>> = { delivered: 'green', activated: 'green', done: 'green', ok: 'green', FAIL: 'red', working: 'green', failed: 'red', expired: 'red', blocked: 'red', held: 'yellow', parked: 'yellow', pending: 'yellow', paused: 'yellow', running: 'cyan' };

export function coloured(text: string, { isColoured }: Output): string {
  const colour = COLOURS[text.trim()];
  return isColoured && colour ? styleText(colour, text, { validateStream: false }) : text;
}

/**
 * Characters that a terminal takes for control, or that change the direction of text (UAX #9 §2), apart from ends of
 * lines.
 */
const ORDERS = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;
/** The escape sequences that `coloured` adds. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const COLOUR = /(\u001b\[(?:31|32|33|36|39)m)/;

/** Text from outside without control characters. */
export const plain = (text: string): string => text.replaceAll(ORDERS, '·');
/** The same on one line. */
export const line = (text: string): string => plain(text).replaceAll('\n', ' ');

/** Any text as it is safe on a terminal: the only escape sequences left are colours. */
const shown = (text: string): string => `${text.split(COLOUR).map((part, i) => (i % 2 ? part : plain(part))).join('')}\n`;

/** All output goes through this function, or through `tell`. */
export const print = (text: string): void => void process.stdout.write(shown(text));
/** Messages beside the requested output. */
export const tell = (text: string): void => void process.stderr.write(shown(text));
/** A program gets every character; control characters as JSON escapes. */
export function printJson(value: unknown, indent?: number): void {
  print(JSON.stringify(value, null, indent).replaceAll(ORDERS, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`));
}
/** Unchanged, except on a terminal. */
export function printBytes(bytes: Buffer): void {
  if (process.stdout.isTTY) print(bytes.toString());
  else process.stdout.write(bytes);
}

/** One value: as JSON, or as text for a person. */
export function show(value: unknown, output: Output, text: () => string): void {
  if (output.isJson) printJson(value, 2);
  else print(text());
}

/** Rows under the names of their columns. A list of texts is shown with commas, another value that is no text as JSON, an absent one as a dash. */
export function table(rows: readonly Json[], columns: readonly string[], output: Output): string {
  const cells = rows.map((row) => columns.map((column) => cell(row[column])));
  const titles = columns.map((column) => column.replaceAll(/[A-Z]/g, ' $&').toUpperCase());
  const widths = titles.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i]?.length ?? 0)));
  const shown = fitting(widths, output.width ?? Infinity);
  const lineOf = (row: readonly string[], paint = (text: string): string => text): string => row.slice(0, shown).map((text, i) => paint(text.padEnd(widths[i] ?? 0))).join('  ').trimEnd();
  return [lineOf(titles), ...cells.map((row) => lineOf(row, (text) => coloured(text, output)))].join('\n');
}

/** One resource: each field under its name. */
export function fields(one: Json): string {
  const width = Math.max(...Object.keys(one).map((name) => name.length));
  return Object.entries(one)
    .map(([name, value]) => `${name.padEnd(width)}  ${line(textOf(value))}`)
    .join('\n');
}

/** How many columns, from the first, fit in a line. At least one: an id must stay whole, to be copied. */
function fitting(widths: readonly number[], width: number): number {
  let used = -2;
  const over = widths.findIndex((one) => (used += one + 2) > width);
  return over === -1 ? widths.length : Math.max(1, over);
}

/** A value of an answer as text; as JSON if it is no text. */
export const textOf = (value: unknown): string => (value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value));

function cell(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return line(Array.isArray(value) && value.every((one) => typeof one === 'string') ? value.join(', ') : textOf(value));
}
