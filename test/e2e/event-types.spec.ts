import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Receiver } from '@nuncio/fixtures';
import type { Problem } from '../fleet/answers.js';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

interface Simulation {
  readonly admitted: boolean;
  readonly errors: readonly { readonly pointer: string }[];
  readonly items: readonly { readonly subscription: string; readonly outcome: string; readonly reasons: readonly { readonly code: string; readonly detail: string }[] }[];
}

describe('an event type with a schema', () => {
  const fleet = sharedFleet();
  const name = `measured.${randomUUID().slice(0, 8)}`;
  const schema = { type: 'object', required: ['total'], properties: { total: { type: 'number' }, sku: { type: 'string', pattern: '^[a-z]+$' } } };
  let receiver: Receiver;
  let tenant: Tenant;
  let subscription: string;

  beforeAll(async () => {
    receiver = await Receiver.start();
    tenant = await Tenant.create(fleet);
    await fleet.api.post('/v1/event-types', { name, schema });
    const { callback } = await tenant.subscribe(receiver, {});
    const made = await fleet.api.post<{ id: string; state: string }>('/v1/subscriptions', { tenant: tenant.id, callback, eventTypes: [name], filter: { exact: { '/data/sku': 'pen' } }, activate: true });
    expect(made.state).toBe('activated');
    subscription = made.id;
    await tenant.inForce();
    receiver.requests.length = 0;
  });
  afterAll(() => receiver.close());

  const publish = (body: string) => fleet.api.call<Problem>('POST', '/v1/events', body, { 'ce-type': name, 'ce-tenant': tenant.id });

  it('refuses over HTTP an event that does not fit, with pointers, and delivers one that does, byte for byte', async () => {
    const refused = await publish('{"total":"1.0","sku":"PEN"}');
    expect(refused).toMatchObject({ status: 422, contentType: expect.stringContaining('application/problem+json') as unknown, body: { code: 'invalid' } });
    expect(refused.body.errors?.map(({ pointer, code }) => `${pointer} ${code}`).sort()).toEqual(['/data/sku pattern', '/data/total type']);
    const fits = '{ "sku":"pen", "total": 1.0 }';
    expect((await publish(fits)).status).toBe(202);
    await eventually(() => {
      expect(receiver.requests.map(({ body }) => body.toString())).toEqual([fits]);
    });
  });

  it('quarantines over Kafka an event that does not fit, with the reason, and goes on with the next', async () => {
    receiver.requests.length = 0;
    const id = randomUUID();
    const record = (ceId: string, value: string) => ({ key: id, value, headers: { ce_specversion: '1.0', ce_id: ceId, ce_source: '/blackbox', ce_type: name, ce_tenant: tenant.id } });
    await fleet.cluster.send('events', [record(id, '{"sku":"pen"}'), record(`${id}-2`, '{"total":2,"sku":"pen"}')]);
    await eventually(() => {
      expect(receiver.requests.map(({ body }) => body.toString())).toEqual(['{"total":2,"sku":"pen"}']);
    });
    const buried = await eventually(async () => {
      const found = (await fleet.cluster.read('quarantine')).find(({ headers }) => String(headers?.ce_id) === id);
      expect(found).toBeDefined();
      return found;
    });
    expect(String(buried?.value)).toBe('{"sku":"pen"}');
    expect(JSON.parse(String(buried?.headers?.['nuncio-grave']))).toMatchObject({ reason: 'schema', detail: expect.stringContaining('/data/total') as unknown, topic: expect.stringContaining('events') as unknown });
    await eventually(async () => {
      const events = await fleet.api.all<{ ceId: string; unmatched: string | null }>('/v1/events', { eventType: name });
      expect(events.filter(({ ceId }) => ceId.startsWith(id)).map(({ ceId, unmatched }) => [ceId, unmatched]).sort()).toEqual([[id, 'schema'], [`${id}-2`, null]]);
    });
  });

  it('says which subscriptions would get an event, and why the others would not', async () => {
    const simulate = (event: object) => fleet.api.post<Simulation>(`/v1/event-types/${name}/simulate?tenant=${tenant.id}`, event);
    const fits = await simulate({ tenant: tenant.id, data: { total: 1, sku: 'pen' } });
    expect(fits).toMatchObject({ admitted: true, errors: [] });
    expect(fits.items.map(({ outcome, reasons }) => [outcome, ...reasons.map(({ code }) => code)])).toEqual([['delivered'], ['none', 'other-type']]);
    expect(fits.items[0]?.subscription).toBe(subscription);
    const filtered = await simulate({ tenant: tenant.id, data: { total: 1, sku: 'ink' } });
    expect(filtered.items[0]).toMatchObject({ outcome: 'none', reasons: [{ code: 'filtered-out' }] });
    const refused = await simulate({ tenant: tenant.id, data: {} });
    expect(refused).toMatchObject({ admitted: false, errors: [{ pointer: '/data/total' }] });
    expect(refused.items.map(({ outcome }) => outcome)).toEqual(['none', 'none']);
  });

  it('refuses a schema that could not be used', async () => {
    const refused = await fleet.api.call<Problem>('PATCH', `/v1/event-types/${name}`, { schema: { $ref: 'https://example.com/x.json' } });
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/schema', code: 'unusable' }] } });
    const slow = await fleet.api.call<Problem>('PATCH', `/v1/event-types/${name}`, { schema: { pattern: '(a)\\1' } });
    expect(slow).toMatchObject({ status: 422, body: { errors: [{ pointer: '/schema' }] } });
  });
});
