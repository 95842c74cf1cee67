import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { answer, api, type Schemas } from '../api/client.js';

/** A page looks at a hundred, and may be empty. */
const MOST_PAGES = 10;
const LOOK_EVERY_MS = 15_000;

async function every<T>(page: (cursor: string | undefined) => Promise<{ items: T[]; next: string | null }>): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | undefined;
  for (let n = 0; n < MOST_PAGES; n++) {
    const { items, next } = await page(cursor);
    found.push(...items);
    if (next === null) break;
    cursor = next;
  }
  return found;
}

/** Callbacks whose last attempt failed, within the first thousand. */
export const useFailingCallbacks = (): UseQueryResult<Schemas['CallbackHealth'][]> =>
  useQuery({ queryKey: ['incidents', 'callbacks'], queryFn: () => every((cursor) => answer(api.GET('/v1/callbacks/health', { params: { query: { state: ['failing'], limit: 100, ...(cursor !== undefined && { cursor }) } } }))), refetchInterval: LOOK_EVERY_MS });

/** Credentials whose last token request failed, likewise. */
export const useFailingCredentials = (): UseQueryResult<Schemas['CredentialHealth'][]> =>
  useQuery({ queryKey: ['incidents', 'credentials'], queryFn: () => every((cursor) => answer(api.GET('/v1/credentials/health', { params: { query: { state: ['failing'], limit: 100, ...(cursor !== undefined && { cursor }) } } }))), refetchInterval: LOOK_EVERY_MS });
