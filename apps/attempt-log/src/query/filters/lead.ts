import type { Bind, Filter, Filters, Given } from './filter.js';

/** The indexes of a table that a search can use. Within its leading column each is sorted by time. */
export interface Leads {
  /** Filters that have an index, the most selective first. */
  readonly by: readonly string[];
  /** SQL condition that holds for everything except what went well. It has small indexes of its own: by callback, by tenant, by time alone. */
  readonly troubled?: string;
}

/**
 * The conditions that one index answers. Time is always among them, and before it the first filter that has an index and was given one value
 * (no index gives the newest first of several values).
 */
export function leading<F extends Filters>({ by, troubled }: Leads, filters: F, query: Given<F>, bind: Bind): string[] {
  const given: Readonly<Record<string, unknown>> = query;
  const valuesOf = (name: string): readonly unknown[] | null => (Array.isArray(given[name]) ? given[name] : null);
  const where = (name: string): string[] => {
    const filter: Filter | undefined = filters[name];
    return filter && given[name] !== undefined ? [filter.lead?.(given[name], bind) ?? filter.where(given[name], bind)] : [];
  };
  if (by.some((name) => valuesOf(name)?.length === 0)) return ['false'];
  const first = by.find((name) => isOne(valuesOf(name)));
  const isTroubled = valuesOf('status')?.includes('delivered') === false || valuesOf('errorClass') !== null;
  return [...(first ? where(first) : []), ...(troubled && isTroubled ? [troubled] : []), ...where('since'), ...where('until')];
}

export const attemptLeads: Leads = { by: ['delivery', 'event', 'callback', 'tenant'], troubled: `outcome = 'failed'` };
/** Where clocks differ, the last attempt of a delivered delivery may have failed. */
export const deliveryLeads: Leads = { by: ['event', 'ceId', 'callback', 'tenant'], troubled: `(status <> 'delivered' OR error_class IS NOT NULL)` };
export const eventLeads: Leads = { by: ['ceId'] };

/** No index gives the newest first of several values. */
export const isOne = (values: unknown): boolean => Array.isArray(values) && values.length === 1;

/** The key of `log.event_keys` to search by; null = none. */
export function keyOf<F extends Filters>(filters: F, query: Given<F>): string | null {
  for (const [name, filter] of Object.entries(filters)) {
    const key = query[name] === undefined ? null : (filter.key?.(query[name]) ?? null);
    if (key !== null) return key;
  }
  return null;
}
