import { parseArgs } from 'node:util';

export interface Options {
  /** Number of events: waiting for `drain`, in the trouble of `burst` and `held`, and per fleet in `scale`. */
  readonly events: number;
  /** Events a second that `steady` publishes. */
  readonly rate: number;
  /** Whether `steady` and `drain` publish over HTTP, one event per request; by default directly to Kafka. */
  readonly http: boolean;
  /**
   * How long `steady` publishes; how long `neighbour`, `burst` and `held` do with and without trouble, and `operation` with a replay. null = each
   * one's default.
   */
  readonly seconds: number | null;
  /** The hanging endpoint's share of the traffic. */
  readonly share: number;
  /** The directory into which every service writes a CPU profile when it ends; null = none. */
  readonly profile: string | null;
  /** The number of attempts that `log-queries` fills the log with. */
  readonly rows: number;
  /** Partitions of `events` and `deliveries`; null = as declared. */
  readonly partitions: number | null;
}

/**
 * `[name…] [--events 100000] [--rate 1000] [--http] [--seconds n] [--share 0.1] [--rows 10000000] [--partitions 96] [--profile dir]`. Throws a
 * TypeError that names an unknown option.
 */
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
