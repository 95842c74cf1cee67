import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { answer, api } from '../api/client.js';

interface Choice {
  readonly value: string;
  readonly name: string;
}

const NEWEST = { params: { query: { limit: 100 } } } as const;
const namedById = ({ id, name }: { id: string; name: string }): Choice => ({ value: id, name });

/** What a field with one of these names can be filled with. */
const CHOICES = {
  tenant: async () => (await answer(api.GET('/v1/tenants', NEWEST))).items.map(namedById),
  application: async () => (await answer(api.GET('/v1/applications', NEWEST))).items.map(namedById),
  callback: async () => (await answer(api.GET('/v1/callbacks', NEWEST))).items.map(namedById),
  credential: async () => (await answer(api.GET('/v1/credentials', NEWEST))).items.map(namedById),
  eventType: async () => (await answer(api.GET('/v1/event-types', NEWEST))).items.map(({ name }) => ({ value: name, name: '' })),
} satisfies Record<string, () => Promise<Choice[]>>;
type Chosen = keyof typeof CHOICES;

export const hasChoices = (name: string): name is Chosen => name in CHOICES;

/** The newest hundred of what there is, for the `list` of an input. */
export function Choices({ of, list }: { of: Chosen; list: string }): ReactElement {
  const { data } = useQuery({ queryKey: ['choices', of], queryFn: CHOICES[of], staleTime: 60_000 });
  return <datalist id={list}>{data?.map(({ value, name }) => <option key={value} value={value}>{name}</option>)}</datalist>;
}
