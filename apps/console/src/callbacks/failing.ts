import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { answer, api, type Schemas } from '../api/client.js';

/** The API looks at a hundred callbacks for a page, which may be empty. */
const MOST_PAGES = 10;
const LOOK_EVERY_MS = 15_000;

/** Callbacks whose last attempt failed, among the newest thousand. */
export const useFailingCallbacks = (): UseQueryResult<Schemas['CallbackHealth'][]> => useQuery({ queryKey: ['callbacks', 'failing'], queryFn: failingCallbacks, refetchInterval: LOOK_EVERY_MS });

async function failingCallbacks(): Promise<Schemas['CallbackHealth'][]> {
  const found: Schemas['CallbackHealth'][] = [];
  let cursor: string | undefined;
  for (let n = 0; n < MOST_PAGES; n++) {
    const { items, next } = await answer(api.GET('/v1/callbacks/health', { params: { query: { state: ['failing'], limit: 100, ...(cursor !== undefined && { cursor }) } } }));
    found.push(...items);
    if (next === null) break;
    cursor = next;
  }
  return found;
}
