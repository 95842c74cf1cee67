import type { Api } from '@nuncio/fixtures';
import type { Description, Operation } from '../fleet/contract.js';
import { eventually } from '../fleet/eventually.js';

/** Ids of existing resources, by the name of their collection in a path. */
type Seeds = Readonly<Record<string, string>>;

/** Creates a tenant with one resource of each kind, and delivers one event. A dispatcher must run; `url` receives the delivery. */
export async function seed(api: Api, tenant: string, url: string): Promise<Seeds> {
  const made = async (path: string, body: object): Promise<string> => (await api.post<{ id: string }>(path, body)).id;
  const eventType = `${tenant}.paid`;
  await made('/v1/tenants', { id: tenant, name: tenant });
  await made('/v1/event-types', { name: eventType });
  const key = await made('/v1/api-keys', { name: 'billing', role: 'consumer', tenant });
  const application = await made('/v1/applications', { tenant, name: 'ledger' });
  const credential = await made('/v1/credentials', { tenant, name: 'idp', tokenUrl: 'https://id.acme.com/token', clientId: 'ledger', clientSecret: 'secret' });
  const callback = await made('/v1/callbacks', { tenant, application, name: 'ledger', url });
  const subscription = await made('/v1/subscriptions', { tenant, callback, eventTypes: [eventType], activate: true });
  // The dispatcher that sends the sample knows everything configured before it, so the subscription is in force now.
  await api.post(`/v1/callbacks/${callback}/test`);
  await api.call('POST', '/v1/events', {}, { 'ce-type': eventType, 'ce-tenant': tenant });
  const attempt = await eventually(async () => {
    const [first] = await api.all<{ id: string; event: string; delivery: string }>('/v1/attempts', { tenant });
    if (!first) throw new Error('nothing was delivered');
    return first;
  });
  const { operation } = await api.post<{ operation: string }>('/v1/replays', { select: { callback } });
  const configured = { tenants: tenant, 'api-keys': key, 'event-types': eventType, applications: application, credentials: credential, callbacks: callback, subscriptions: subscription };
  return { ...configured, events: attempt.event, deliveries: attempt.delivery, attempts: attempt.id, operations: operation };
}

/** Deleting the tenant would delete everything else. */
const UNSEEDED = 'delete /v1/tenants/{id}';
const NOTHING = 'nothing';

/**
 * The document with ids in paths limited to existing resources or one that does not exist; otherwise nearly every case would end in a 404. Resources
 * to be deleted (`doomed`) are used by DELETE only.
 */
export function withSeeds(description: Description, kept: Seeds, doomed: Seeds): Description {
  const paths = Object.entries(description.paths).map(([path, operations]): [string, Readonly<Record<string, Operation>>] => {
    const seeded = Object.entries(operations).map(([method, operation]): [string, Operation] => {
      const id = (method === 'delete' ? doomed : kept)[path.split('/')[2] ?? ''];
      if (id === undefined || UNSEEDED === `${method} ${path}`) return [method, operation];
      // These wait for a dispatcher, which has been stopped.
      const ids = path.endsWith('/test') ? [NOTHING] : [id, NOTHING];
      const parameters = operation.parameters?.map((parameter) => {
        if (parameter.in !== 'path') return parameter;
        return { ...parameter, schema: { enum: parameter.schema.enum?.filter((move) => move !== 'verify') ?? ids } };
      });
      return [method, { ...operation, parameters }];
    });
    return [path, Object.fromEntries(seeded)];
  });
  return { ...description, paths: Object.fromEntries(paths) };
}
