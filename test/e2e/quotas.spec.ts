import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

const fleet = sharedFleet();
const { api } = fleet;
const NONE = { eventsPerSecond: null, payloadBytesPerDay: null, callbacks: null, subscriptions: null };

it('limits the callbacks and subscriptions of a tenant, and shows the limits', async () => {
  const tenant = await Tenant.create(fleet);
  const path = `/v1/tenants/${tenant.id}`;
  expect(await api.get(path)).toMatchObject({ quotas: NONE });
  expect(await api.patch(path, { quotas: { callbacks: 1, subscriptions: 1 } })).toMatchObject({ quotas: { ...NONE, callbacks: 1, subscriptions: 1 } });
  const callback = (): Promise<{ status: number; body: { id: string; code?: string } }> => api.call('POST', '/v1/callbacks', { tenant: tenant.id, name: randomUUID(), url: 'http://127.0.0.1:9/in' });
  const { body: { id } } = await callback();
  expect(await callback()).toMatchObject({ status: 409, body: { code: 'quota-exceeded' } });
  const subscribe = (eventTypes: string[]) => api.call<{ id: string }>('POST', '/v1/subscriptions', { tenant: tenant.id, callback: id, eventTypes });
  const { body: first } = await subscribe([tenant.eventType]);
  expect(await subscribe(['*'])).toMatchObject({ status: 409, body: { code: 'quota-exceeded' } });
  // The same request again returns the existing draft.
  expect(await subscribe([tenant.eventType])).toMatchObject({ status: 201, body: { id: first.id } });
  await api.delete(`/v1/subscriptions/${first.id}`);
  expect((await subscribe(['*'])).status).toBe(201);
  expect(await api.patch(path, { quotas: { callbacks: null } })).toMatchObject({ quotas: { ...NONE, subscriptions: 1 } });
  expect((await callback()).status).toBe(201);
  expect(await api.patch(path, { quotas: null })).toMatchObject({ quotas: NONE });
  expect(await api.call('PATCH', path, { quotas: { callbacks: -1 } })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/quotas/callbacks' }] } });
});

it("refuses events beyond a tenant's quotas with 429, from its own keys and from nobody else's", async () => {
  const [tenant, other] = await Promise.all([Tenant.create(fleet), Tenant.create(fleet)]);
  const keyOf = async (of: Tenant) => api.as((await api.post<{ key: string }>('/v1/api-keys', { name: 'p', role: 'publisher', tenant: of.id })).key);
  const [mine, theirs] = [await keyOf(tenant), await keyOf(other)];
  const publish = (by = mine) => by.call<{ code?: string }>('POST', '/v1/events', { a: 'x'.repeat(100) }, { 'ce-type': tenant.eventType });
  await api.patch(`/v1/tenants/${tenant.id}`, { quotas: { payloadBytesPerDay: 250 } });
  // The gateway knows it a moment later.
  await eventually(async () => { expect(await mine.get('/v1/me')).toMatchObject({ quotas: { payloadBytesPerDay: { limit: 250 } } }); });
  expect([(await publish()).status, (await publish()).status]).toEqual([202, 202]);
  expect(await publish()).toMatchObject({ status: 429, body: { code: 'too-many-requests' } });
  expect((await publish(theirs)).status).toBe(202);
  await api.patch(`/v1/tenants/${tenant.id}`, { quotas: { payloadBytesPerDay: null, eventsPerSecond: 0 } });
  await eventually(async () => { expect((await publish()).status).toBe(429); });
  await api.patch(`/v1/tenants/${tenant.id}`, { quotas: null });
  await eventually(async () => { expect((await publish()).status).toBe(202); });
});

it('shows everybody in a tenant its quotas, and what is used of them', async () => {
  const tenant = await Tenant.create(fleet);
  await api.patch(`/v1/tenants/${tenant.id}`, { quotas: { callbacks: 5, payloadBytesPerDay: 1_000 } });
  const asRole = async (role: string) => api.as((await api.post<{ key: string }>('/v1/api-keys', { name: role, role, tenant: tenant.id })).key);
  const [owner, consumer, publisher] = await Promise.all(['owner', 'consumer', 'publisher'].map(asRole));
  const used = async () => (await owner?.get<{ quotas: unknown }>('/v1/me'))?.quotas;
  const before = { callbacks: { limit: 5, used: 0 }, subscriptions: { limit: null, used: 0 }, eventsPerSecond: { limit: null, used: null }, payloadBytesPerDay: { limit: 1_000, used: 0 } };
  await eventually(async () => { expect(await used()).toEqual(before); });
  const [first] = await Promise.all(['a', 'b'].map((name) => consumer!.post<{ id: string }>('/v1/callbacks', { name, url: 'http://127.0.0.1:9/in' })));
  await consumer?.post('/v1/subscriptions', { callback: first?.id, eventTypes: [tenant.eventType] });
  await publisher?.call('POST', '/v1/events', { a: 1 }, { 'ce-type': tenant.eventType });
  const after = { ...before, callbacks: { limit: 5, used: 2 }, subscriptions: { limit: null, used: 1 }, payloadBytesPerDay: { limit: 1_000, used: JSON.stringify({ a: 1 }).length } };
  await eventually(async () => { expect(await used()).toEqual(after); });
  expect(await consumer?.get('/v1/me')).toMatchObject({ quotas: after });
  expect(await api.get('/v1/me')).toMatchObject({ tenant: null, quotas: null });
});
