import { z } from 'zod';
import { equals, fieldsOf, Time, type Given } from '../query/filter.js';

const HOUR_MS = 3_600_000;
const STEP_MS = { minute: 60_000, hour: HOUR_MS, day: 24 * HOUR_MS };
const MAX_POINTS = 1_500;

export const statsFilters = { tenant: equals('tenant'), callback: equals('callback') };

/** GET /v1/stats: by default the last hour, minute by minute. */
export const StatsQuery = z
  .strictObject({
    ...fieldsOf(statsFilters),
    since: Time.optional(),
    until: Time.optional(),
    step: z.enum(['minute', 'hour', 'day']).default('minute'),
  })
  .transform((given, context) => {
    const until = given.until === undefined ? Date.now() : Date.parse(given.until);
    const since = given.since === undefined ? until - HOUR_MS : Date.parse(given.since);
    const points = (until - since) / STEP_MS[given.step];
    if (points <= 0) context.addIssue({ code: 'custom', path: ['until'], message: 'must be after `since`' });
    if (points > MAX_POINTS) context.addIssue({ code: 'custom', path: ['step'], message: `gives more than ${MAX_POINTS} points; take a longer step` });
    const { tenant, callback } = given as Given<typeof statsFilters>;
    return { filters: { tenant, callback }, since: new Date(since).toISOString(), until: new Date(until).toISOString(), step: given.step };
  });
export type StatsQuery = z.infer<typeof StatsQuery>;
