import { parseArgs } from 'node:util';

export interface Options {
  /** How long `neighbour` publishes, with and without the hanging endpoint. */
  readonly seconds: number;
  /** The hanging endpoint's part of the traffic. */
  readonly share: number;
  /** How many attempts `log-queries` fills the log with. */
  readonly rows: number;
}

/** `[name…] [--seconds 40] [--share 0.1] [--rows 10000000]`. Throws a TypeError that names an option it does not know. */
export function readArguments(given: readonly string[]): { names: string[]; options: Options } {
  const { values, positionals } = parseArgs({
    args: [...given],
    allowPositionals: true,
    options: { seconds: { type: 'string', default: '40' }, share: { type: 'string', default: '0.1' }, rows: { type: 'string', default: '10000000' } },
  });
  return { names: positionals, options: { seconds: Number(values.seconds), share: Number(values.share), rows: Number(values.rows) } };
}
