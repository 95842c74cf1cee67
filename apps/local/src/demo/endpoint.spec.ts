import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { always, AuthorizationServer } from '@nuncio/fixtures';
import { Endpoint } from './endpoint.js';
import { jsonApi } from './envelopes.js';
import type { Customer } from './customers.js';
import type { Published } from './publication.js';

const client = { clientId: 'ledger', clientSecret: 'a secret of a ledger', authMethod: 'client_secret_post' } as const;
const customer: Customer = {
  name: 'ledger',
  description: '',
  tenant: 'northwind',
  eventTypes: ['invoice.paid', 'platform.maintenance'],
  client,
  settings: {},
  script: () => always({}),
  body: jsonApi,
  signatureFault: ({ headers }) => (headers['x-signature'] === 'right' ? null : 'the signature does not verify'),
};
const event = (id: string, headers: Record<string, string>): Published => ({
  id,
  acceptedAt: 0,
  event: { key: id, headers: { ce_type: 'invoice.paid', ce_time: '2026-03-02T06:00:00Z', ...headers }, payload: Buffer.from('{ "a": 1.0 }') },
});
const published = [event('evt_1', { ce_tenant: 'acme, northwind' }), event('evt_2', { ce_tenant: 'acme' }), event('evt_3', { ce_type: 'platform.maintenance' }), event('evt_4', { ce_tenant: 'northwind', ce_type: 'order.created' })];
const run = new Set(published.map(({ id }) => id));

describe('an endpoint of the demo', () => {
  let endpoint: Endpoint;
  let server: AuthorizationServer;
  let token: string;
  beforeEach(async () => {
    endpoint = await Endpoint.open(customer);
    endpoint.expect(published, new Set(['platform.maintenance']));
    server = await AuthorizationServer.start({ clients: [client] });
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: client.clientId, client_secret: client.clientSecret });
    token = ((await (await fetch(server.tokenUrl, { method: 'POST', body: form })).json()) as { access_token: string }).access_token;
  });
  afterEach(() => Promise.all([endpoint.receiver.close(), server.down()]));

  const deliver = async (id: string, changes: { body?: string; headers?: Record<string, string> } = {}) => {
    const body = `{"data":{"type":"event","id":"${id}","attributes":{"name":"${id === 'evt_3' ? 'platform.maintenance' : 'invoice.paid'}","payload":{ "a": 1.0 },"created-at":"2026-03-02T06:00:00Z"}}}`;
    const headers = { 'x-trace-id': id, 'x-signature': 'right', 'x-event-created-at': '2026-03-02T06:00:00Z', authorization: `Bearer ${token}` };
    await fetch(endpoint.receiver.url, { method: 'POST', body: changes.body ?? body, headers: { ...headers, ...changes.headers } });
  };

  it('reports no fault when every expected event came once, as it was published', async () => {
    await deliver('evt_1');
    expect(endpoint.isComplete()).toBe(false);
    await deliver('evt_3');
    await deliver('evt_of_an_earlier_run', { body: 'not its business' });
    expect(endpoint.isComplete()).toBe(true);
    expect(endpoint.faults(run, server)).toEqual([]);
  });

  it('reports events that are missing, repeated, altered, unsigned, unauthorized or not for it', async () => {
    await deliver('evt_2');
    await deliver('evt_3', { body: '{"a":1}' });
    await deliver('evt_3', { headers: { 'x-signature': 'wrong', authorization: 'Bearer stolen' } });
    expect(endpoint.faults(run, server)).toEqual([
      'ledger: evt_2 came although nobody here wanted it',
      'ledger: evt_3: the body is not what was published',
      'ledger: evt_3: the signature does not verify',
      'ledger: evt_3: the token was never issued, or has ended',
      'ledger: evt_1 was delivered 0 times',
      'ledger: evt_3 was delivered 2 times',
    ]);
  });
});
