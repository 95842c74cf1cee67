import { useQuery } from '@tanstack/react-query';
import { answer, api, type Schemas } from '../api/client.js';
import { together } from './together.js';

const KEPT_MS = 60_000;

const callbackOf = together(async (ids) => byId((await answer(api.GET('/v1/callbacks', { params: { query: { id: ids, limit: 100 } } }))).items));
const credentialOf = together(async (ids) => byId((await answer(api.GET('/v1/credentials', { params: { query: { id: ids, limit: 100 } } }))).items));

/** A callback that a row names. Undefined while it is looked up, and if it is gone. */
export const useNamedCallback = (id: string): Schemas['Callback'] | undefined => useQuery({ queryKey: ['callbacks', 'named', id], queryFn: () => callbackOf(id), staleTime: KEPT_MS }).data ?? undefined;

/** The same of a credential. */
export const useNamedCredential = (id: string): Schemas['Credential'] | undefined => useQuery({ queryKey: ['credentials', 'named', id], queryFn: () => credentialOf(id), staleTime: KEPT_MS }).data ?? undefined;

const byId = <T extends { readonly id: string }>(items: readonly T[]): ReadonlyMap<string, T> => new Map(items.map((item) => [item.id, item]));
