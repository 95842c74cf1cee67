import { useQuery } from '@tanstack/react-query';
import { answer, api, type Schemas } from '../api/client.js';

const MOST = 5;

/** The newest 500 callbacks that the reader may see, by id, so that rows can show names. Other callbacks are shown by their id. */
export function useCallbackNames(): ReadonlyMap<string, Schemas['Callback']> {
  const { data } = useQuery({ queryKey: ['callbacks', 'names'], queryFn: all, staleTime: 60_000 });
  return data ?? NONE;
}

const NONE = new Map<string, Schemas['Callback']>();

async function all(): Promise<Map<string, Schemas['Callback']>> {
  const found = new Map<string, Schemas['Callback']>();
  let cursor: string | undefined;
  for (let page = 0; page < MOST; page++) {
    const { items, next } = await answer(api.GET('/v1/callbacks', { params: { query: { limit: 100, ...(cursor !== undefined && { cursor }) } } }));
    for (const callback of items) found.set(callback.id, callback);
    if (next === null) break;
    cursor = next;
  }
  return found;
}
