import { parseArgs } from 'node:util';

export interface Options {
  /** How many events `drain` has waiting, `burst` and `held` bring, and `scale` delivers by each fleet. */
  readonly events: number;
  /** How many events a second `steady` publishes. */
  readonly rate: number;
  /** `steady` publishes over HTTP, a request an event; default: straight to Kafka. */
  readonly http: boolean;
  /** How long `steady` publishes, `neighbour`, `burst` and `held` with and without what troubles them, and `operation` with a replay; null = as long as each takes for itself. */
  readonly seconds: number | null;
  /** The hanging endpoint's part of the traffic. */
  readonly share: number;
  /** Where every service leaves a CPU profile when it ends; null = none is taken. */
  readonly profile: string | null;
  /** How many attempts `log-queries` fills the log with. */
  readonly rows: number;
  /** Of `events` and `deliveries`; null = as declared. */
  readonly partitions: number | null;
}

/** `[name…] [--events 100000] [--rate 1000] [--http] [--seconds n] [--share 0.1] [--rows 10000000] [--partitions 96] [--profile dir]`. Throws a TypeError that names an option it does not know. */
export function readArguments(given: readonly string[]): { names: string[]; options: Options } {
  const { values, positionals } = parseArgs({
    args: [...given],
    allowPositionals: true,
    options: {
      events: { type: 'string', default: '100000' },
      rate: { type: 'string', default: '1000' },
      http: { type: 'boolean', default: false },
      seconds: { type: 'string' },
      share: { type: 'string', default: '0.1' },
      rows: { type: 'string', default: '10000000' },
      partitions: { type: 'string' },
      profile: { type: 'string' },
    },
  });
  const { events, rate, http, seconds, share, rows, partitions, profile } = values;
  return {
    names: positionals,
    options: {
      events: Number(events),
      rate: Number(rate),
      http,
      seconds: seconds === undefined ? null : Number(seconds),
      share: Number(share),
      rows: Number(rows),
      partitions: partitions === undefined ? null : Number(partitions),
      profile: profile ?? null,
    },
  };
}
