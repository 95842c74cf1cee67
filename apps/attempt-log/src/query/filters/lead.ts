import type { Bind, Filter, Filters, Given } from './filter.js';

/** The indexes of a table as a search sees them; all of them go by time within what leads. */
export interface Leads {
  /** Filters by which there is an index, the one that leaves the least first. */
  readonly by: readonly string[];
  /** Holds for everything but what went well. With it there is a small index of its own: by callback, by tenant, by time alone. */
  readonly troubled?: string;
}

/** Time always leads; before it the first filter with an index that was given with one value (of several, no index gives the newest first). */
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
/** Its last attempt may have failed although it is delivered, where clocks differ. */
export const deliveryLeads: Leads = { by: ['event', 'ceId', 'callback', 'tenant'], troubled: `(status <> 'delivered' OR error_class IS NOT NULL)` };
export const eventLeads: Leads = { by: ['ceId'] };

/** Of several values no index gives the newest first. */
export const isOne = (values: unknown): boolean => Array.isArray(values) && values.length === 1;

/** The key of `log.event_keys` that leads; null = none does. */
export function keyOf<F extends Filters>(filters: F, query: Given<F>): string | null {
  for (const [name, filter] of Object.entries(filters)) {
    const key = query[name] === undefined ? null : (filter.key?.(query[name]) ?? null);
    if (key !== null) return key;
  }
  return null;
}
