import type { Api, Json, Query } from '../api.js';

interface Page {
  readonly items: readonly Json[];
  readonly next: string | null;
}

/** The first `most` items of a list, which is read page by page. */
export async function listed(api: Api, path: string, query: Query, most: number): Promise<Json[]> {
  const items: Json[] = [];
  for (let cursor: string | null | undefined; cursor !== null && items.length < most; ) {
    const page: Page = await api.call<Page>(`GET ${path}`, { query: { ...query, limit: String(Math.min(100, most - items.length)), ...(cursor !== undefined && { cursor }) } });
    items.push(...page.items);
    cursor = page.next;
  }
  return items.slice(0, most);
}
