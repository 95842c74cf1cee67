import { useQuery } from '@tanstack/react-query';
import { answer, api, type Schemas } from '../api/client.js';

/** The event types with these names. Those that do not exist are left out. */
export function useEventTypes(names: readonly string[]): readonly Schemas['EventType'][] {
  const named = names.filter((name) => name !== '*');
  const { data } = useQuery({ queryKey: ['event-types', 'named', ...named], queryFn: () => answer(api.GET('/v1/event-types', { params: { query: { name: named, limit: 100 } } })), enabled: named.length > 0, staleTime: 60_000 });
  return data?.items ?? [];
}
