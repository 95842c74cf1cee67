import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useEffect } from 'react';
import { answer, api, renewSession, type Schemas } from '../api/client.js';

/** Who is signed in. */
export const useMe = (): UseQueryResult<Schemas['Me']> => useQuery({ queryKey: ['me'], queryFn: () => answer(api.GET('/v1/me')), staleTime: 60_000 });

/** The share of its remaining life after which a session is renewed. */
const RENEWED_AFTER = 0.8;
const SOONEST_MS = 1_000;

/** Renews the session while the page is open, so that live lists are not cut off. If it cannot be renewed, the page asks who is signed in when it ends. `expiresAt` null = it has no end. */
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
