import { ErrorClass } from '@nuncio/contracts';
import { z } from 'zod';
import { equals, excludable, fieldsOf, httpStatus, labelled, meaning, oneOf, refersTo, Time, withNamed, type Filters, type Given } from '../filters/filter.js';
import type { Range } from './counted.js';

const HOUR_MS = 3_600_000;
export const STEP_MS = { minute: 60_000, hour: HOUR_MS, day: 24 * HOUR_MS };
/** Per series. */
const MAX_STEPS = 1_500;
/** Series times steps: what a chart can show, and an answer can carry. */
const MAX_POINTS = 5_000;

const outcome = meaning('The outcome of an attempt', excludable(['delivered', 'failed'], (values) => (new Set(values).size === 2 ? 'true' : values[0] === 'delivered' ? `outcome = 'delivered'` : `outcome <> 'delivered'`)));

/** Filters of both attempts and deliveries. */
export const commonFilters = { tenant: refersTo('tenant', 'tenant'), callback: refersTo('callback', 'callback'), eventType: equals('event_type'), label: labelled('callback') };
/** `status` is the outcome of an attempt. */
export const statsFilters = { ...commonFilters, status: outcome, errorClass: oneOf('outcome', ErrorClass), responseStatus: httpStatus('response_status') };
export const tokenStatsFilters = { tenant: refersTo('tenant', 'tenant'), credential: refersTo('credential', 'credential'), label: labelled('credential') };

/** What figures are grouped by, and its column for attempts and deliveries. */
export const BY = {
  callback: { attempts: 'callback', deliveries: 'callback' },
  tenant: { attempts: 'tenant', deliveries: 'tenant' },
  eventType: { attempts: 'event_type', deliveries: 'event_type' },
  responseStatus: { attempts: `nullif(response_status, 0)::text`, deliveries: null },
  errorClass: { attempts: `nullif(outcome, 'delivered')`, deliveries: null },
} as const satisfies Record<string, { attempts: string; deliveries: string | null }>;
/** `status` is short for `responseStatus`. */
const By = z.enum([...(Object.keys(BY) as (keyof typeof BY)[]), 'status']).transform((by) => (by === 'status' ? 'responseStatus' : by)).describe('What the series, or ranks, are grouped by');
export type By = keyof typeof BY;

/** A chart: a selection, from `since` to before `until`, in steps. */
export interface ChartQuery<F extends Filters> extends Range {
  readonly filters: Given<F>;
  readonly step: keyof typeof STEP_MS;
}

export interface StatsQuery extends ChartQuery<typeof statsFilters> {
  readonly by: By | undefined;
  /** The number of series, those with the most attempts first. */
  readonly limit: number;
}

const times = { since: Time.optional(), until: Time.optional() };
const step = z.enum(['minute', 'hour', 'day']).default('minute').describe('The length of each step');

/** The query of the backlog. */
export const BacklogQuery: z.ZodType<Given<typeof commonFilters>> = withNamed(z.strictObject(fieldsOf(commonFilters))).transform((given) => filtersOf(commonFilters, given));

/** The query of the figures of authorization servers. */
export interface ServerStatsQuery extends Range {
  readonly tenant?: readonly string[] | undefined;
  readonly host?: readonly string[] | undefined;
  readonly limit: number;
}

/** By default the last hour. */
function rangeOf(given: { since?: string | undefined; until?: string | undefined }, context: z.RefinementCtx): Range {
  const until = given.until === undefined ? Date.now() : Date.parse(given.until);
  const since = given.since === undefined ? until - HOUR_MS : Date.parse(given.since);
  if (since >= until) context.addIssue({ code: 'custom', path: ['until'], message: 'must be after `since`' });
  return { since, until };
}

/** The start of each step that overlaps the range, epoch milliseconds. */
export function stepsOf({ since, until, step: name }: Range & { readonly step: keyof typeof STEP_MS }): number[] {
  const width = STEP_MS[name];
  const first = Math.floor(since / width) * width;
  return Array.from({ length: Math.max(0, Math.ceil((until - first) / width)) }, (_, n) => first + n * width);
}

const filtersOf = <F extends Filters>(filters: F, given: object): Given<F> =>
  Object.fromEntries(Object.keys(filters).map((name) => [name, (given as Record<string, unknown>)[name]])) as Given<F>;

function checkSteps(chart: Range & { readonly step: keyof typeof STEP_MS }, series: number, context: z.RefinementCtx): void {
  const steps = chart.since < chart.until ? (chart.until - chart.since) / STEP_MS[chart.step] : 0;
  if (steps > MAX_STEPS) context.addIssue({ code: 'custom', path: ['step'], message: `gives more than ${MAX_STEPS} points; take a longer step` });
  else if (series * steps > MAX_POINTS) context.addIssue({ code: 'custom', path: ['limit'], message: `gives more than ${MAX_POINTS} points; take fewer series or a longer step` });
}

export const StatsQuery: z.ZodType<StatsQuery> = withNamed(
  z.strictObject({ ...fieldsOf(statsFilters), ...times, step, by: By.optional(), limit: z.coerce.number().int().min(1).max(100).optional().describe('The number of series, those with the most attempts first; default 10') }),
)
  .transform((given, context) => {
    const limit = given.limit ?? 10;
    const chart = { filters: filtersOf(statsFilters, given), ...rangeOf(given, context), step: given.step, by: given.by, limit };
    if (given.limit !== undefined && given.by === undefined) context.addIssue({ code: 'custom', path: ['limit'], message: 'is of the series of `by`' });
    checkSteps(chart, given.by === undefined ? 1 : limit, context);
    return chart;
  });

export const TokenStatsQuery: z.ZodType<ChartQuery<typeof tokenStatsFilters>> = withNamed(z.strictObject({ ...fieldsOf(tokenStatsFilters), ...times, step }))
  .transform((given, context) => {
    const chart = { filters: filtersOf(tokenStatsFilters, given), ...rangeOf(given, context), step: given.step };
    checkSteps(chart, 1, context);
    return chart;
  });

const Order = z.enum(['failed', 'rate', 'attempts', 'p95']).describe('The order: most failures, the highest failure rate, most attempts, or the slowest');
export interface TopQuery extends Range {
  readonly filters: Given<typeof statsFilters>;
  readonly by: By;
  readonly order: z.infer<typeof Order>;
  readonly limit: number;
}

export const TopQuery: z.ZodType<TopQuery> = withNamed(
  z.strictObject({ ...fieldsOf(statsFilters), ...times, by: By.default('callback'), order: Order.default('failed'), limit: z.coerce.number().int().min(1).max(100).default(10).describe('The number of ranks') }),
)
  .transform((given, context) => ({ filters: filtersOf(statsFilters, given), ...rangeOf(given, context), by: given.by, order: given.order, limit: given.limit }));

const ServerFilters = z.strictObject({
  tenant: refersTo('tenant', 'tenant').schema.optional(),
  host: equals('host').schema.optional().describe('Only these hosts of token URLs or issuers'),
  ...times,
  limit: z.coerce.number().int().min(1).max(100).default(100).describe('The number of servers'),
});
export const ServerStatsQuery: z.ZodType<ServerStatsQuery> = ServerFilters.transform(({ tenant, host, limit, ...given }, context) => ({ tenant, host, limit, ...rangeOf(given, context) }));
