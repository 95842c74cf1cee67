import type { Api } from '@nuncio/fixtures';
import type { Description, Operation } from '../fleet/contract.js';

/** Ids of what is there, by the name its collection has in a path. */
export type Seeds = Readonly<Record<string, string>>;

/** One of each kind of configuration; nothing in the log, since nobody delivers. */
export async function seed(api: Api): Promise<Seeds> {
  const made = async (path: string, body: object): Promise<string> => (await api.post<{ id: string }>(path, body)).id;
  const tenant = await made('/v1/tenants', { id: 'acme', name: 'Acme' });
  await api.post('/v1/event-types', { name: 'invoice.paid' });
  const key = await made('/v1/api-keys', { name: 'billing', role: 'consumer', tenant });
  const application = await made('/v1/applications', { tenant, name: 'ledger' });
  const credential = await made('/v1/credentials', { tenant, name: 'idp', tokenUrl: 'https://id.acme.com/token', clientId: 'ledger', clientSecret: 'secret' });
  const callback = await made('/v1/callbacks', { tenant, application, name: 'ledger', url: 'https://hooks.acme.com/in', authentication: { type: 'oauth2', credential } });
  const subscription = await made('/v1/subscriptions', { tenant, callback, eventTypes: ['invoice.paid'] });
  return { tenants: tenant, 'api-keys': key, 'event-types': 'invoice.paid', applications: application, credentials: credential, callbacks: callback, subscriptions: subscription };
}

/** It would take everything else with it. */
const UNSEEDED = 'delete /v1/tenants/{id}';

/** The description, where a path names one of `seeds` or something that is not there: otherwise nearly every case would end in a 404. */
export function withSeeds(description: Description, seeds: Seeds): Description {
  const paths = Object.entries(description.paths).map(([path, operations]): [string, Readonly<Record<string, Operation>>] => {
    const id = seeds[path.split('/')[2] ?? ''];
    const seeded = Object.entries(operations).map(([method, operation]): [string, Operation] => {
      if (id === undefined || UNSEEDED === `${method} ${path}`) return [method, operation];
      const parameters = operation.parameters?.map((parameter) => {
        if (parameter.in !== 'path') return parameter;
        // To verify means to wait for a dispatcher that is not there.
        return { ...parameter, schema: { enum: parameter.schema.enum?.filter((move) => move !== 'verify') ?? [id, 'nothing'] } };
      });
      return [method, { ...operation, parameters }];
    });
    return [path, Object.fromEntries(seeded)];
  });
  return { ...description, paths: Object.fromEntries(paths) };
}
