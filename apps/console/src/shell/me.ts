import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { answer, api, type Schemas } from '../api/client.js';

/** Who is signed in. */
export const useMe = (): UseQueryResult<Schemas['Me']> => useQuery({ queryKey: ['me'], queryFn: () => answer(api.GET('/v1/me')), staleTime: 60_000 });
