import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import createClient from 'openapi-fetch';
// The verifier of docs/receiving.md, as it stands there.
import { standardWebhooks } from './receiving.js';
import type { paths } from './schema.js';

const { NUNCIO_URL: baseUrl = '', NUNCIO_KEY = '', NAME: name = '' } = process.env;
const clientOf = (token: string) => createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${token}` } });
const api = clientOf(NUNCIO_KEY);

/** The data of an answer. Throws what the problem says. */
function got<T>({ data, error }: { data?: T; error?: { detail: string } }): T {
  if (error || data === undefined) throw new Error(error?.detail ?? 'there is no answer');
  return data;
}

async function until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Deliveries as they came. */
const received: { headers: IncomingHttpHeaders; body: Buffer }[] = [];
const receiver = createServer((request, response) => {
  void buffer(request).then((body) => {
    received.push({ headers: request.headers, body });
    response.writeHead(204).end();
  });
});
await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
const address: AddressInfo | string | null = receiver.address();
if (typeof address !== 'object' || !address) throw new Error('the receiver does not listen');

const type = `${name}.paid`;
got(await api.POST('/v1/tenants', { body: { id: name, name } }));
got(await api.POST('/v1/event-types', { body: { name: type } }));
const callback = got(await api.POST('/v1/callbacks', { body: { tenant: name, name: 'ledger', url: `http://127.0.0.1:${address.port}/hooks`, profile: 'standard', authentication: { type: 'none' } } }));
const subscription = got(await api.POST('/v1/subscriptions', { body: { tenant: name, callback: callback.id, eventTypes: [type], activate: true } }));
if (subscription.state !== 'activated') throw new Error(`the subscription is ${subscription.state}`);
received.length = 0;
got(await api.POST('/v1/events', { params: { header: { 'ce-type': type, 'ce-tenant': name } }, body: { total: 1 } }));

const delivered = await until(async () => got(await api.GET('/v1/deliveries', { params: { query: { tenant: [name] } } })).items.find(({ status }) => status === 'delivered'));
const resent = got(await api.POST('/v1/deliveries/{id}/resend', { params: { path: { id: delivered.id } } }));
if (resent.asked.number !== 2) throw new Error('it is not sent again');
const { next } = resent;
console.log(`sent again; next: ${next.step === 'later' || next.step === 'held' ? (next.notBefore ?? 'soon') : next.step}`);
await until(() => received[1]);

const { secret } = callback.signing;
if (secret === undefined) throw new Error('the secret is not shown');
const text = (header: string | string[] | undefined): string => String(header);
const verifies = ({ headers, body }: (typeof received)[number]): boolean => standardWebhooks(secret, text(headers['webhook-id']), text(headers['webhook-timestamp']), text(headers['webhook-signature']), body, Math.floor(Date.now() / 1_000));
for (const one of received) {
  if (!verifies(one)) throw new Error('a signature does not verify');
  if (verifies({ ...one, body: Buffer.concat([one.body, Buffer.from(' ')]) })) throw new Error('the signature of another body verifies');
}

// A page for the tenant's own people uses a session.
const session = got(await api.POST('/v1/portal-sessions', { body: { tenant: name, subject: 'zoe', origin: 'http://localhost:3000' } }));
if (session.token === undefined) throw new Error('the token is not shown');
const portal = clientOf(session.token);
const me = got(await portal.GET('/v1/me'));
if (me.id !== 'portal:zoe' || me.tenant !== name || me.quotas?.callbacks.used !== 1) throw new Error(`the session is ${JSON.stringify(me)}`);
const seen = got(await portal.GET('/v1/deliveries/{id}', { params: { path: { id: delivered.id } } }));
if (seen.callback !== callback.id) throw new Error('the session sees another delivery');
if ((await portal.GET('/v1/tenants')).error?.code !== 'forbidden') throw new Error('the session sees tenants');

const id = (of: string) => ({ params: { path: { id: of } } });
const inUse = await api.DELETE('/v1/tenants/{id}', id(name));
if (inUse.error?.code !== 'in-use') throw new Error('a tenant with an active subscription is deleted');
for (const { error } of [await portal.POST('/v1/subscriptions/{id}/{move}', { params: { path: { id: subscription.id, move: 'deactivate' } }, body: {} }), await portal.DELETE('/v1/subscriptions/{id}', id(subscription.id)), await portal.DELETE('/v1/callbacks/{id}', id(callback.id)), await api.DELETE('/v1/event-types/{name}', { params: { path: { name: type } } }), await api.DELETE('/v1/tenants/{id}', id(name))])
  if (error) throw new Error(error.detail);
for (const { response } of [await api.GET('/v1/callbacks/{id}', id(callback.id)), await api.GET('/v1/tenants/{id}', id(name))]) if (response.status !== 404) throw new Error(`it is still there: ${response.status}`);
if ((await portal.GET('/v1/me')).response.status !== 401) throw new Error('the session outlives its tenant');
receiver.closeAllConnections();
receiver.close();
