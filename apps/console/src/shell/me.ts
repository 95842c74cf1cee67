import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useEffect } from 'react';
import { answer, api, renewSession, type Schemas } from '../api/client.js';

/** Who is signed in. */
export const useMe = (): UseQueryResult<Schemas['Me']> => useQuery({ queryKey: ['me'], queryFn: () => answer(api.GET('/v1/me')), staleTime: 60_000 });

/** How much of what remains passes before the session is renewed. */
const RENEWED_AFTER = 0.8;
const SOONEST_MS = 1_000;

/** Has a session go on while its page is open, so that live lists are not cut off; where it cannot, the page looks who is signed in when it ends. `expiresAt` null = it lasts. */
export function useRenewal(expiresAt: string | null): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (expiresAt === null) return;
    const remainsMs = Math.max(SOONEST_MS, Date.parse(expiresAt) - Date.now());
    const look = (): Promise<void> => queries.invalidateQueries({ queryKey: ['me'] });
    const timers = [setTimeout(() => void renewSession().then(look), remainsMs * RENEWED_AFTER), setTimeout(() => void look(), remainsMs + SOONEST_MS)];
    return () => { timers.forEach(clearTimeout); };
  }, [expiresAt, queries]);
}
