import type { FaultDetail } from '@nuncio/contracts';
import { gathered, pageOf } from '@nuncio/service';
import { z } from 'zod';
import { aggregates } from '../aggregates.js';
import { page, type Aggregate, type Page, type Resource, type Resources, type Wanted } from '../event-store/index.js';
import { nounOf, throwAny } from '../faults.js';
import type { Filter, Filters } from './filter.js';
import { filters } from './filters.js';
import { Cursor, Order, orderOf, type Place } from './order.js';

/** `exact` false = PostgreSQL's estimate, since counting would have read too much. */
const Count = z.object({ value: z.number().describe('The number'), exact: z.boolean() }).meta({ id: 'Count' });
type Count = z.infer<typeof Count>;

export const listOf = <S extends z.ZodType>(item: S) => pageOf(item).extend({ count: Count.optional().describe('The number of all matches, if it was asked for') });

export interface Listed<T> extends Page<T> {
  readonly count?: Count;
}

export interface ListQuery {
  readonly limit: number;
  readonly order: Order;
  readonly cursor: Place | undefined;
  readonly isCounted: boolean;
  /** The filters that were given. */
  readonly filters: Readonly<Record<string, unknown>>;
}

const paging = {
  limit: z.coerce.number().int().min(1).max(100).default(50).meta({ description: 'The most items in the answer' }),
  order: Order.default('-created').meta({ description: 'Sort by creation or by last change; with `-` the newest first' }),
  cursor: Cursor.optional().meta({ description: 'The `next` of the page before' }),
  count: z.enum(['true', 'false']).default('false').meta({ description: 'Whether to return the number of all matches' }),
};

/** The query of a kind's list: its filters, `limit`, `order`, `cursor`, `count`, and nothing else. `without`: filters that the path sets. */
export function listQuery(kind: keyof typeof filters, without: readonly string[] = []): z.ZodType<ListQuery> {
  const fields = Object.entries(filters[kind] as Filters).filter(([name]) => !without.includes(name));
  const schema = z.strictObject({ ...Object.fromEntries(fields.map(([name, { schema: one }]) => [name, one.optional()])), ...paging });
  return z.preprocess(gathered('label'), schema).transform(({ limit, order, cursor, count, ...given }, context): ListQuery => {
    if (cursor && cursor.by !== orderOf(order).by) context.addIssue({ code: 'custom', path: ['cursor'], message: 'is a cursor of a list in another order' });
    return { limit, order, cursor, isCounted: count === 'true', filters: given };
  });
}

/** A page of a kind. Throws Fault `invalid` if a filter names a resource that does not exist, or that the caller may not see. */
export async function list<S extends object, T>(resources: Resources, aggregate: Aggregate<S>, query: ListQuery, show: (resource: Resource<S>) => T): Promise<Listed<T>> {
  const { conditions, leading } = await conditionsOf(resources, filters[aggregate.kind], query.filters);
  const { by, direction, prefix } = orderOf(query.order);
  const rows = await resources.search(aggregate, conditions, { by, direction, after: query.cursor?.place, limit: query.limit, isLed: await isLed(resources, aggregate, leading) });
  const { items, next } = page(rows, query.limit, show, (row) => row[by], prefix);
  return { items, next, ...(query.isCounted && { count: await resources.count(aggregate, conditions) }) };
}

async function conditionsOf(resources: Resources, known: Filters, given: Readonly<Record<string, unknown>>): Promise<{ conditions: Wanted[]; leading: Leading }> {
  const asked = Object.entries(known).flatMap(([name, filter]): { name: string; filter: Filter; value: unknown }[] => (given[name] === undefined ? [] : [{ name, filter, value: given[name] }]));
  const all = await Promise.all(
    asked.map(async ({ name, filter, value }) => {
      const kind = filter.of;
      const named = kind ? await resources.findAll(aggregates[kind], value as string[]) : [];
      const unknown = kind ? (value as string[]).filter((id) => !named.some((one) => one.id === id)) : [];
      return { condition: filter.where(value as never, name, named), faults: unknown.map((id): FaultDetail => ({ pointer: `/${name}`, code: 'unknown', detail: `there is no ${kind ? nounOf(kind) : 'resource'} "${id}"` })) };
    }),
  );
  throwAny(all.flatMap(({ faults }) => faults));
  const ledBy = (leads: Filter['leads']) => all.flatMap(({ condition }, i) => (asked[i]?.filter.leads === leads ? [condition] : []));
  return { conditions: all.map(({ condition }) => condition), leading: { always: ledBy('always').length > 0, whereFew: ledBy('where-few') } };
}

interface Leading {
  readonly always: boolean;
  readonly whereFew: readonly Wanted[];
}

/** Up to this number of matches it is cheaper to sort them than to look for them in the order of the list. */
const FEW = 1_000;

/**
 * Whether to find matches by the filter's own index and sort them. This is decided here, since PostgreSQL has no statistics about fields of a JSON
 * document.
 */
async function isLed<S extends object>(resources: Resources, aggregate: Aggregate<S>, { always, whereFew }: Leading): Promise<boolean> {
  return always || (whereFew.length > 0 && !(await resources.areMore(aggregate, whereFew, FEW)));
}
