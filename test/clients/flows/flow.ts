import createClient from 'openapi-fetch';
import type { paths } from './schema.js';

const { NUNCIO_URL: baseUrl = '', NUNCIO_KEY = '', RECEIVER_URL: url = '', NAME: name = '' } = process.env;
const api = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${NUNCIO_KEY}` } });

const type = `${name}.paid`;
await api.POST('/v1/tenants', { body: { id: name, name } });
await api.POST('/v1/event-types', { body: { name: type } });
const { data: callback, error } = await api.POST('/v1/callbacks', { body: { tenant: name, name: 'ledger', url, authentication: { type: 'none' } } });
if (!callback) throw new Error(error.detail);
const { data: subscription } = await api.POST('/v1/subscriptions', { body: { tenant: name, callback: callback.id, eventTypes: [type], activate: true } });
if (subscription?.state !== 'activated') throw new Error(`the subscription is ${subscription?.state ?? 'not there'}`);
const published = await api.POST('/v1/events', { params: { header: { 'ce-type': type, 'ce-tenant': name } }, body: { total: 1 } });
if (published.error) throw new Error(published.error.detail);

for (let delivered: string | undefined; delivered === undefined; ) {
  const { data: page } = await api.GET('/v1/deliveries', { params: { query: { tenant: [name] } } });
  delivered = page?.items.find(({ status }) => status === 'delivered')?.id;
  if (delivered === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    continue;
  }
  const { data: asked } = await api.POST('/v1/deliveries/{id}/resend', { params: { path: { id: delivered } } });
  if (asked?.asked.number !== 2) throw new Error('it is not sent again');
  const next = asked.next;
  console.log(`sent again; next: ${next.step === 'later' || next.step === 'held' ? (next.notBefore ?? 'soon') : next.step}`);
}
