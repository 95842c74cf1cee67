import { useQuery } from '@tanstack/react-query';
import { answer, api, type Schemas } from '../api/client.js';

const MOST_PAGES = 5;
const KEPT_MS = 60_000;

/** The newest 500 callbacks that the reader may see, by id, so that rows can show names. Other callbacks are shown by their id. */
export function useCallbackNames(): ReadonlyMap<string, Schemas['Callback']> {
  const { data } = useQuery({ queryKey: ['callbacks', 'names'], queryFn: () => byId((cursor) => answer(api.GET('/v1/callbacks', { params: { query: { limit: 100, ...(cursor !== undefined && { cursor }) } } }))), staleTime: KEPT_MS });
  return data ?? NO_CALLBACKS;
}

/** The same of credentials. */
export function useCredentialNames(): ReadonlyMap<string, Schemas['Credential']> {
  const { data } = useQuery({ queryKey: ['credentials', 'names'], queryFn: () => byId((cursor) => answer(api.GET('/v1/credentials', { params: { query: { limit: 100, ...(cursor !== undefined && { cursor }) } } }))), staleTime: KEPT_MS });
  return data ?? NO_CREDENTIALS;
}

const NO_CALLBACKS = new Map<string, Schemas['Callback']>();
const NO_CREDENTIALS = new Map<string, Schemas['Credential']>();

async function byId<T extends { readonly id: string }>(page: (cursor: string | undefined) => Promise<{ items: T[]; next: string | null }>): Promise<Map<string, T>> {
  const found = new Map<string, T>();
  let cursor: string | undefined;
  for (let n = 0; n < MOST_PAGES; n++) {
    const { items, next } = await page(cursor);
    for (const item of items) found.set(item.id, item);
    if (next === null) break;
    cursor = next;
  }
  return found;
}
