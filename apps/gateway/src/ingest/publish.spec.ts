import { describe, expect, it } from '@jest/globals';
import type { Fault, Principal } from '@nuncio/contracts';
import type { ConfigView, OutboundRecord } from '@nuncio/kafka';
import { readRequest } from './http-binding.js';
import { admitAll, publish, publisherOf } from './publish.js';

const types: Record<string, 'addressed' | 'broadcast'> = { 'invoice.paid': 'addressed', news: 'broadcast', measured: 'broadcast' };
const schema = { type: 'object', properties: { n: { type: 'integer' } }, additionalProperties: false };
const tenants = new Set(['acme', 'globex']);
const view = {
  get: (kind: string, name: string) => {
    if (kind === 'tenant') return tenants.has(name) ? { state: { id: name } } : undefined;
    return types[name] ? { state: { name, audience: types[name], schema: name === 'measured' ? schema : null } } : undefined;
  },
} as unknown as Pick<ConfigView, 'get'>;

const publisher: Principal = { id: 'key_1', role: 'publisher', tenant: null, groups: [] };
const ofAcme: Principal = { ...publisher, tenant: 'acme' };

const admit = (caller: Principal, events: unknown[]) =>
  admitAll(readRequest({ 'content-type': 'application/cloudevents-batch+json' }, Buffer.from(JSON.stringify(events)), publisherOf(caller)).events, caller, view);

describe('admission', () => {
  it('names every fault of every event', async () => {
    const events = [{ type: 'lost' }, { type: 'invoice.paid' }, {}, { type: 'news' }, { type: 'invoice.paid', tenant: 'acme' }];
    await expect(admit(publisher, events)).rejects.toMatchObject({
      code: 'invalid',
      errors: [
        { pointer: '/0/type', code: 'unknown-type' },
        { pointer: '/1/tenant', code: 'no-tenant' },
        { pointer: '/2', code: 'missing-attribute' },
      ],
    });
  });

  it('refuses payloads that do not fit the schema of their type, and points to each fault', async () => {
    const events = [{ type: 'measured', data: { n: 1.0 } }, { type: 'measured', data: { n: 1.5, 'a/b': 0 } }, { type: 'measured', datacontenttype: 'text/plain', data_base64: 'eA==' }];
    await expect(admit(publisher, events)).rejects.toMatchObject({
      code: 'invalid',
      errors: [
        { pointer: '/1/data/a~1b', code: 'additional-properties' },
        { pointer: '/1/data/n', code: 'type' },
        { pointer: '/2/data', code: 'not-json' },
      ],
    });
  });

  it('lists every fault of a batch, and does not join them into one sentence', async () => {
    const refused = await admit(publisher, Array.from({ length: 1_000 }, () => ({}))).catch((error: unknown) => error as Fault);
    expect(refused).toMatchObject({ code: 'invalid', errors: { length: 1_000 } });
    expect((refused as Fault).message.length).toBeLessThan(1_000);
  });

  it('addresses the tenant of the key if the event names none', async () => {
    await expect(admit(ofAcme, [{ type: 'invoice.paid' }])).resolves.toMatchObject([{ tenants: ['acme'] }]);
  });

  it('lets a key with a tenant publish neither for another one nor for all', async () => {
    await expect(admit(ofAcme, [{ type: 'invoice.paid', tenant: 'acme,globex' }])).rejects.toMatchObject({ code: 'forbidden' });
    await expect(admit(ofAcme, [{ type: 'news' }])).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('refuses an unknown tenant by name, and looks up none for a broadcast', async () => {
    await expect(admit(publisher, [{ type: 'invoice.paid', tenant: 'acme, acmee' }])).rejects.toMatchObject({
      code: 'invalid',
      errors: [{ pointer: '/0/tenant', code: 'unknown-tenant', detail: 'there is no tenant "acmee"' }],
    });
    await expect(admit(publisher, [{ type: 'news', tenant: 'acmee' }])).resolves.toHaveLength(1);
  });

  it('does not tell a key with a tenant whether another tenant exists', async () => {
    const refused = (tenant: string) => admit(ofAcme, [{ type: 'invoice.paid', tenant }]).catch((error: unknown) => ({ code: (error as Fault).code, message: (error as Fault).message.replace(tenant, '…') }));
    expect(await refused('acmee')).toEqual(await refused('globex'));
    expect(await refused('acmee')).toMatchObject({ code: 'forbidden' });
  });

  it('waits for an event type and a tenant that were created a moment ago', async () => {
    setTimeout(() => (types['brand.new'] = 'addressed'), 60);
    setTimeout(() => tenants.add('initech'), 120);
    await expect(admit(publisher, [{ type: 'brand.new', tenant: 'initech' }])).resolves.toHaveLength(1);
  });
});

describe('publishing', () => {
  it('resolves only when Kafka has acknowledged all events, in the Kafka binding', async () => {
    const acknowledged = Promise.withResolvers<undefined>();
    const sent: OutboundRecord[] = [];
    const producer = {
      send: async (_topic: unknown, record: OutboundRecord) => {
        sent.push(record);
        if (sent.length === 2) await acknowledged.promise;
      },
    };
    const events = await admit(publisher, [
      { type: 'news', id: 'n-1', data: 1 },
      { type: 'news', id: 'n-2', source: '/x' },
    ]);
    let done = false;
    const publishing = publish(producer, events).then(() => (done = true));
    await Promise.resolve();
    expect(done).toBe(false);
    acknowledged.resolve(undefined);
    await publishing;
    expect(sent).toMatchObject([
      { value: Buffer.from('1'), headers: { ce_specversion: '1.0', ce_id: 'n-1', ce_source: 'key_1', ce_type: 'news', 'content-type': 'application/json' } },
      { value: Buffer.alloc(0), headers: { ce_id: 'n-2', ce_source: '/x' } },
    ]);
  });

  it('passes on the errors of Kafka', async () => {
    await expect(publish({ send: () => Promise.reject(new Error('too large')) }, await admit(publisher, [{ type: 'news' }]))).rejects.toThrow('too large');
  });
});
