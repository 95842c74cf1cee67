import { z } from 'zod';
import { equals, fieldsOf, Time, type Filters, type Given } from '../filters/filter.js';

const HOUR_MS = 3_600_000;
const STEP_MS = { minute: 60_000, hour: HOUR_MS, day: 24 * HOUR_MS };
const MAX_POINTS = 1_500;

export const statsFilters = { tenant: equals('tenant'), callback: equals('callback') };
export const tokenStatsFilters = { tenant: equals('tenant'), credential: equals('credential') };

/** What a chart shows: a selection, from `since` to before `until`, both RFC 3339, in steps. */
export interface ChartQuery<F extends Filters> {
  readonly filters: Given<F>;
  readonly since: string;
  readonly until: string;
  readonly step: keyof typeof STEP_MS;
}

/** By default the last hour, minute by minute. */
const chartQuery = <F extends Filters>(filters: F): z.ZodType<ChartQuery<F>> =>
  z
    .strictObject({ ...fieldsOf(filters), since: Time.optional(), until: Time.optional(), step: z.enum(['minute', 'hour', 'day']).default('minute') })
    .transform((given, context) => {
      const until = given.until === undefined ? Date.now() : Date.parse(given.until);
      const since = given.since === undefined ? until - HOUR_MS : Date.parse(given.since);
      const points = (until - since) / STEP_MS[given.step];
      if (points <= 0) context.addIssue({ code: 'custom', path: ['until'], message: 'must be after `since`' });
      if (points > MAX_POINTS) context.addIssue({ code: 'custom', path: ['step'], message: `gives more than ${MAX_POINTS} points; take a longer step` });
      const selected = Object.fromEntries(Object.keys(filters).map((name) => [name, (given as Record<string, unknown>)[name]])) as Given<F>;
      return { filters: selected, since: new Date(since).toISOString(), until: new Date(until).toISOString(), step: given.step };
    });

export const StatsQuery = chartQuery(statsFilters);
export const TokenStatsQuery = chartQuery(tokenStatsFilters);
