import type { AuthorizationServer } from '@nuncio/fixtures';
import { ApiError, type Api } from '@nuncio/fixtures';
import type { Customer } from './customers.js';
import type { Endpoint } from './endpoint.js';

interface Resource {
  readonly id: string;
  readonly name: string;
}

interface Subscription {
  readonly state: string;
  readonly verification?: unknown;
}

/** Creates the tenants, and a credential for each client of the authorization server. Returns the credentials' ids by client id. */
export async function register(api: Api, customers: readonly Customer[], server: AuthorizationServer): Promise<ReadonlyMap<string, string>> {
  const credentials = new Map<string, string>();
  for (const { tenant, client } of customers) {
    await unlessThere(api, '/v1/tenants', { id: tenant, name: tenant });
    if (!client || credentials.has(client.clientId)) continue;
    const { id } = await upToDate(api, '/v1/credentials', { tenant, name: client.clientId }, { ...client, tokenUrl: server.tokenUrl });
    credentials.set(client.clientId, id);
  }
  return credentials;
}

/**
 * Creates application, callback and an active subscription of one customer. Those of an earlier start are updated with the new URLs and secrets. Ends
 * with a sample: a dispatcher that has sent it knows everything configured before, so events published next meet the subscription.
 */
export async function onboard(api: Api, endpoint: Endpoint, credentials: ReadonlyMap<string, string>): Promise<void> {
  const { customer, receiver } = endpoint;
  const { tenant, client } = customer;
  const application = await named(api, '/v1/applications', { tenant, name: 'demo' });
  const callback = await upToDate(
    api,
    '/v1/callbacks',
    { tenant, application: application.id, name: customer.name },
    { ...customer.settings, url: receiver.url, authentication: client ? { type: 'oauth2', credential: credentials.get(client.clientId) } : { type: 'none' } },
  );
  await subscribe(api, customer, callback.id);
  const { ok, ...answer } = await api.post<{ ok: boolean }>(`/v1/callbacks/${callback.id}/test`, {});
  if (!ok) throw new Error(`${customer.name} did not take a sample: ${JSON.stringify(answer)}`);
  endpoint.callback = callback.id;
}

/** Creates an event type or a tenant, unless one of that name exists. */
export async function unlessThere(api: Api, path: string, body: object): Promise<void> {
  try {
    await api.post(path, body);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 409)) throw error;
  }
}

type Identity = { readonly tenant: string; readonly name: string };

const find = async (api: Api, path: string, { tenant, name }: Identity): Promise<Resource | undefined> =>
  (await api.all<Resource>(path, { tenant })).find((resource) => resource.name === name);

const named = async (api: Api, path: string, identity: Identity): Promise<Resource> => (await find(api, path, identity)) ?? (await api.post<Resource>(path, identity));

async function upToDate(api: Api, path: string, identity: Identity & Record<string, string>, settings: object): Promise<Resource> {
  const there = await find(api, path, identity);
  return there ? api.patch<Resource>(`${path}/${there.id}`, settings) : api.post<Resource>(path, { ...identity, ...settings });
}

async function subscribe(api: Api, { tenant, eventTypes }: Customer, callback: string): Promise<void> {
  const there = await api.all<Subscription>('/v1/subscriptions', { callback });
  if (there.some(({ state }) => state === 'activated')) return;
  const subscription = await api.post<Subscription>('/v1/subscriptions', { tenant, callback, eventTypes, activate: true });
  if (subscription.state !== 'activated') throw new Error(`the subscription of ${tenant} stayed ${subscription.state}: ${JSON.stringify(subscription.verification)}`);
}
