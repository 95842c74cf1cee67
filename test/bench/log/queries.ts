import type { Installation } from '../installation.js';
import type { Options } from '../options.js';
import { percentilesOf, type Percentiles } from '../measurement.js';
import { fill, SPREAD } from './fill.js';

/** Different values for each combination. */
const SAMPLES = 5;
const AIM_MS = 100;

interface QueriesLine {
  readonly bench: 'log-queries';
  readonly rows: number;
  /** Combinations of filters, on attempts and deliveries. */
  readonly combinations: number;
  /** Over all combinations, in milliseconds, measured by the caller. */
  readonly ms: Percentiles & { readonly max: number };
  /** Combinations whose slowest sample missed the aim; the slowest of all. */
  readonly overAim: number;
  readonly slowest: readonly { readonly path: string; readonly max: number }[];
  /** Pages that were not full although the search was not at its end, since matches are rare. */
  readonly shortPages: number;
}

type Filters = Readonly<Record<string, (n: number) => string>>;

const hex = (n: number): string => (1 + (n % 1_000)).toString(16).padStart(32, '0');

/**
 * Values that exist. Those of the same `n` occur together in half of the cases. `test/e2e/contract.spec.ts` checks that every filter of attempts and
 * deliveries is here.
 */
export const filters: Filters = {
  tenant: (n) => `tenant-${n % SPREAD.tenants}`,
  application: (n) => `app_${n % SPREAD.tenants}`,
  callback: (n) => `cb_${n % SPREAD.tenants}_${n % SPREAD.callbacksEach}`,
  subscription: (n) => `sub_${n % SPREAD.tenants}_${n % SPREAD.callbacksEach}_${(n >> 3) % SPREAD.subscriptionsEach}`,
  id: (n) => `dlv_${hex(n)}`,
  event: (n) => `evt_${hex(n)}`,
  delivery: (n) => `dlv_${hex(n)}`,
  ceId: (n) => String(1 + (n % 1_000)),
  // Events are not filled in, so these find nothing, which takes longest.
  subject: (n) => `order/${n % 1_000}`,
  'label.team': (n) => ['many', `of-${n % SPREAD.tenants}`][n % 2] ?? '',
  'ext.region': (n) => ['eu', 'us'][n % 2] ?? '',
  eventType: (n) => `type.${n % SPREAD.eventTypes}`,
  status: (n) => ['failed', 'delivered'][n % 2] ?? '',
  errorClass: (n) => ['http', 'dns', 'timeout'][n % 3] ?? '',
  responseStatus: (n) => ['5xx', '204', '404'][n % 3] ?? '',
  reason: (n) => ['!other', 'no-token'][n % 2] ?? '',
  // Nothing of what is filled in was asked for.
  operation: (n) => `op_${hex(n)}`,
  requestedBy: (n) => `key_${hex(n)}`,
  since: (n) => new Date(Date.now() - (1 + (n % SPREAD.days)) * 86_400_000).toISOString(),
  until: (n) => new Date(Date.now() - (n % SPREAD.days) * 86_400_000).toISOString(),
};
/** Filters that deliveries do not have. */
const OF_ATTEMPTS_ALONE = ['delivery'];
/** All combinations of up to this many filters, and all filters together. */
const AT_ONCE = 4;

/** Fills the log, and queries combinations of filters: the first page of 50. */
export async function queries({ stack, api }: Installation, { rows }: Options): Promise<QueriesLine> {
  await fill(stack.databaseUrl, rows, (line) => {
    console.error(line);
  });
  const all: number[] = [];
  const byCombination: { path: string; max: number }[] = [];
  let shortPages = 0;
  let seed = 0;
  for (const path of ['/v1/attempts', '/v1/deliveries'])
    for (const given of combinations(Object.keys(filters).filter((name) => path === '/v1/attempts' || !OF_ATTEMPTS_ALONE.includes(name)))) {
      const took: number[] = [];
      for (let sample = 0; sample < SAMPLES; sample++) {
        const n = (seed = (seed * 48_271 + 11) % 2_147_483_647);
        const query = new URLSearchParams(Object.fromEntries(given.map((name, i) => [name, filters[name]?.(n % 2 ? n : n + i) ?? ''])));
        const started = performance.now();
        const page = await api.get<{ items: unknown[]; next: string | null }>(`${path}?${query.toString()}`);
        took.push(performance.now() - started);
        if (page.next !== null && page.items.length < 50) shortPages += 1;
      }
      all.push(...took);
      byCombination.push({ path: `${path}?${given.join('&')}`, max: Math.round(Math.max(...took)) });
    }
  const { p50, p95, p99 } = percentilesOf(all);
  const [ms50, ms95, ms99, max] = [p50, p95, p99, Math.max(...all)].map(Math.round) as [number, number, number, number];
  const slowest = byCombination.toSorted((a, b) => b.max - a.max).slice(0, 5);
  const overAim = byCombination.filter((one) => one.max > AIM_MS).length;
  return { bench: 'log-queries', rows, combinations: byCombination.length, ms: { p50: ms50, p95: ms95, p99: ms99, max }, overAim, slowest, shortPages };
}

function combinations(names: readonly string[]): string[][] {
  const upTo = (most: number, from: readonly string[]): string[][] => [[], ...(most === 0 ? [] : from.flatMap((name, i) => upTo(most - 1, from.slice(i + 1)).map((rest) => [name, ...rest])))];
  return [...upTo(AT_ONCE, names), [...names]];
}
