import { parted } from '@nuncio/service';
import type { DataSource } from 'typeorm';
import { admits, hasLabels, isAnyOf, type Filter, type Filters, type Given, type LabelsAsked } from './filter.js';
import { binding, type Bind } from '../statement.js';

/** The indexes of a table that a search can use. Within its leading column each is sorted by time. */
export interface Leads {
  /** Filters that have an index, the most selective first. */
  readonly by: readonly string[];
  /** The filter by id. A value has one row, so its index leads with several values too. */
  readonly id?: string;
  /** SQL condition that holds for everything except what went well. It has small indexes of its own: by callback, by tenant, by time alone. */
  readonly troubled?: string;
  /** Filters whose values only such rows have. */
  readonly ofTroubled?: readonly string[];
}

/**
 * The conditions that one index answers. Time is always among them, and before it the first filter that has an index and was given one value
 * (no index gives the newest first of several values, but see `eachOf`).
 */
export function leading<F extends Filters>({ id, by, troubled, ofTroubled = [] }: Leads, filters: F, query: Given<F>, bind: Bind): string[] {
  const given: Readonly<Record<string, unknown>> = query;
  const valuesOf = (name: string): readonly string[] | null => (Array.isArray(given[name]) ? (given[name] as string[]) : null);
  const where = (name: string): string[] => {
    const filter: Filter | undefined = filters[name];
    return filter && given[name] !== undefined ? [filter.lead?.(given[name], bind) ?? filter.where(given[name], bind)] : [];
  };
  if (by.some((name) => valuesOf(name)?.length === 0)) return ['false'];
  const first = id !== undefined && valuesOf(id) ? id : eachOf({ by }, query) ? undefined : by.find((name) => isOne(valuesOf(name)));
  const isTroubled = !admits(valuesOf('status') ?? [], 'delivered') || ofTroubled.some((name) => parted(valuesOf(name) ?? []).wanted.length > 0);
  return [...(first ? where(first) : []), ...(troubled && isTroubled ? [troubled] : []), ...where('since'), ...where('until')];
}

export const attemptLeads: Leads = { id: 'id', by: ['delivery', 'event', 'operation', 'requestedBy', 'callback', 'tenant'], troubled: `outcome = 'failed'`, ofTroubled: ['errorClass'] };
/** Where clocks differ, the last attempt of a delivered delivery may have failed. */
export const deliveryLeads: Leads = { id: 'id', by: ['event', 'ceId', 'callback', 'tenant'], troubled: `(status <> 'delivered' OR error_class IS NOT NULL)`, ofTroubled: ['errorClass', 'reason'] };
export const eventLeads: Leads = { id: 'id', by: ['ceId'] };

/** The index is read once for each of so many callbacks. Each costs PostgreSQL a plan of every partition. */
const MOST_EACH = 10;

/** Several callbacks, if they lead the search: the index gives the newest rows of each, and the newest of all are among these. */
export function eachOf<F extends Filters>({ id = '', by }: Leads, query: Given<F>): readonly string[] | undefined {
  const { callback, [id]: ids }: Readonly<Record<string, unknown>> = query;
  if (ids !== undefined) return undefined;
  const better = by.slice(0, Math.max(0, by.indexOf('callback')));
  if (!Array.isArray(callback) || !by.includes('callback') || better.some((name) => isOne(query[name]))) return undefined;
  const each = [...new Set(callback as string[])];
  return each.length > 1 && each.length <= MOST_EACH ? each : undefined;
}

/**
 * The query with the callbacks that have the labels instead of the labels, as long as these are few. Their deliveries are then found by an index,
 * however old they are. Of many callbacks each row is looked at.
 */
export async function byLabelled<Q extends { readonly label?: LabelsAsked | undefined; readonly callback?: string[] | undefined; readonly tenant?: string[] | undefined }>(database: DataSource, query: Q): Promise<Q> {
  const { label, callback, tenant } = query;
  if (!label) return query;
  const { values, bind } = binding();
  const where = [`o.kind = 'callback'`, hasLabels(label, bind), ...(tenant ? [isAnyOf('o.tenant', tenant, bind)] : []), ...(callback ? [isAnyOf('o.id', callback, bind)] : [])];
  const found = await database.query<{ id: string }[]>(`SELECT o.id FROM log.owners o WHERE ${where.join(' AND ')} LIMIT ${MOST_EACH + 1}`, values);
  return found.length > MOST_EACH ? query : { ...query, label: undefined, callback: found.map(({ id }) => id) };
}

/** No index gives the newest first of several values. */
export const isOne = (values: unknown): values is [unknown] => Array.isArray(values) && values.length === 1;

/** The key of `log.event_keys` to search by; null = none. */
export function keyOf<F extends Filters>(filters: F, query: Given<F>): string | null {
  for (const [name, filter] of Object.entries(filters)) {
    const key = query[name] === undefined ? null : (filter.key?.(query[name]) ?? null);
    if (key !== null) return key;
  }
  return null;
}
