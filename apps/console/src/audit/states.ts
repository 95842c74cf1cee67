import { answer, api, type Schemas } from '../api/client.js';

type Kind = Schemas['ConfigurationEvent']['kind'];
type State = Readonly<Record<string, unknown>>;

/** Reads the state of a resource in one version. */
const READS: Readonly<Record<Exclude<Kind, 'operation' | 'portal-sessions'>, (id: string, version: number) => Promise<State>>> = {
  'api-key': (id, version) => answer(api.GET('/v1/api-keys/{id}', { params: { path: { id }, query: { version } } })),
  application: (id, version) => answer(api.GET('/v1/applications/{id}', { params: { path: { id }, query: { version } } })),
  callback: (id, version) => answer(api.GET('/v1/callbacks/{id}', { params: { path: { id }, query: { version } } })),
  credential: (id, version) => answer(api.GET('/v1/credentials/{id}', { params: { path: { id }, query: { version } } })),
  'event-type': (name, version) => answer(api.GET('/v1/event-types/{name}', { params: { path: { name }, query: { version } } })),
  subscription: (id, version) => answer(api.GET('/v1/subscriptions/{id}', { params: { path: { id }, query: { version } } })),
  tenant: (id, version) => answer(api.GET('/v1/tenants/{id}', { params: { path: { id }, query: { version } } })),
};

/** Whether the states of the changed object can be read: bulk operations and portal sessions have none. */
export const hasStates = (change: Schemas['ConfigurationEvent']): change is ResourceChange => change.kind in READS;
export type ResourceChange = Schemas['ConfigurationEvent'] & { readonly kind: keyof typeof READS };

/** The states before and after a change; null = it did not exist. Throws `Refused`. */
export async function statesOf({ kind, id, version, type }: ResourceChange): Promise<{ before: State | null; after: State | null }> {
  const read = READS[kind];
  const [before, after] = await Promise.all([type === 'created' ? null : read(id, version - 1), type === 'deleted' ? null : read(id, version)]);
  return { before, after };
}
