import { reaches, type Principal } from '@nuncio/contracts';
import type { ConfigView, Viewed } from '@nuncio/kafka';
import { admits, refersTo } from '../query/filters/filter.js';
import { z } from 'zod';

/** How many resources a page looks at, and so shows at most. */
const LOOKED_AT = 100;

const Cursor = z.string().regex(/^\w{1,64}$/, 'must be the `next` of a page');
/** The query of a list of health: which resources, how many, and from where on. */
export const healthPaging = (kind: 'callback' | 'credential') => ({
  id: refersTo('id', kind).schema.optional().describe(`Only these ${kind}s`),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: Cursor.optional(),
});

interface Wanted<K extends 'callback' | 'credential'> {
  readonly caller: Principal;
  readonly isMeant: (record: Viewed<K>) => boolean;
  readonly ids: readonly string[] | undefined;
  readonly states: readonly string[] | undefined;
  readonly limit: number;
  readonly cursor: string | undefined;
}

/**
 * A page of resources with their health, newest first. `next` = the last one looked at; null = there are no more. With a filter by state a page may
 * be short or empty although `next` says that the search goes on.
 */
export async function healthPage<K extends 'callback' | 'credential', H extends { readonly state: string }>(
  view: Pick<ConfigView, 'all' | 'get'>,
  kind: K,
  { caller, isMeant, ids, states, limit, cursor }: Wanted<K>,
  healthsOf: (records: readonly Viewed<K>[]) => Promise<H[]>,
): Promise<{ items: H[]; next: string | null }> {
  const asked = ids ? [...new Set(ids)].flatMap((id) => view.get<K>(kind, id) ?? []) : view.all<K>(kind, caller.tenant);
  const found = firstAfter(asked, cursor, (record) => reaches(caller, record.state) && isMeant(record));
  const looked = found.slice(0, states ? LOOKED_AT : limit);
  const healths = looked.length ? await healthsOf(looked) : [];
  const items: H[] = [];
  for (const [n, health] of healths.entries()) {
    if (!admits(states ?? [], health.state)) continue;
    if (items.length === limit) return { items, next: looked[n - 1]?.id ?? null };
    items.push(health);
  }
  return { items, next: found.length > looked.length ? (looked.at(-1)?.id ?? null) : null };
}

/** The first 100 after the cursor, newest first, without sorting all of them. */
function firstAfter<R extends { readonly id: string }>(all: Iterable<R>, cursor: string | undefined, isMeant: (record: R) => boolean): R[] {
  const first: R[] = [];
  for (const record of all) {
    const last = first.at(-1);
    if ((cursor !== undefined && record.id >= cursor) || (first.length > LOOKED_AT && last && record.id < last.id) || !isMeant(record)) continue;
    const at = first.findIndex(({ id }) => id < record.id);
    first.splice(at < 0 ? first.length : at, 0, record);
    if (first.length > LOOKED_AT + 1) first.pop();
  }
  return first;
}
