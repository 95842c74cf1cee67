import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Api } from '@nuncio/fixtures';
import type { Problem } from '../fleet/answers.js';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

/** An address at which nobody listens, and which is never called. */
const URL = 'http://127.0.0.1:9/hooks';
/** Used by no other test. */
const HOST_OF_LARGE = 'large.example.com';

describe('one tenant', () => {
  const fleet = sharedFleet();
  const { api } = fleet;
  let acme: Tenant;
  let globex: Tenant;
  let asAcme: Api;
  let asGlobex: Api;
  const keyOf = async ({ id }: Tenant): Promise<Api> => {
    const as = api.as((await api.post<{ key: string }>('/v1/api-keys', { name: 'consumer', role: 'consumer', tenant: id })).key);
    await eventually(async () => {
      expect((await as.call('GET', '/v1/callbacks')).status).toBe(200);
    });
    return as;
  };
  beforeAll(async () => {
    [acme, globex] = [await Tenant.create(fleet), await Tenant.create(fleet)];
    [asAcme, asGlobex] = [await keyOf(acme), await keyOf(globex)];
  });

  it("may have headers as large as Kafka accepts, sealed and rewrapped, and no larger: 900 KiB of them stopped everybody else's configuration", async () => {
    const { id } = await asAcme.post<{ id: string }>('/v1/callbacks', { name: 'headers', url: URL });
    const patch = (secretHeaders: Record<string, string>) => asAcme.call<Problem>('PATCH', `/v1/callbacks/${id}`, { secretHeaders });
    const many = (count: number, bytes: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`X-Header-${n}`, 'x'.repeat(bytes)]));
    for (const [headers, code] of [
      [many(110, 8_100), 'too-many'],
      [many(3, 8_100), 'too-large'],
      [many(51, 1), 'too-many'],
    ] as const) {
      const { status, body } = await patch(headers);
      expect([status, body.errors?.map(({ pointer, code }) => [pointer, code])]).toEqual([422, expect.arrayContaining([['/secretHeaders', code]])]);
    }
    expect((await patch(many(48, 300))).status).toBe(200);
    // Stored headers count too, and the callback can be edited without sending them again.
    expect((await patch({ Another: 'x'.repeat(3_000) })).status).toBe(422);
    expect((await asAcme.call('PATCH', `/v1/callbacks/${id}`, { name: 'still manageable' })).status).toBe(200);
    await globex.inForce();
  });

  it('may have RSA keys made, four at a time, without delaying others: reads of another tenant took 6.6 s, and some failed', async () => {
    const { id } = await asAcme.post<{ id: string }>('/v1/credentials', { name: 'keys', tokenUrl: 'http://127.0.0.1:9/token', clientId: 'acme', authMethod: 'private_key_jwt', assertionAlgorithm: 'RS256' });
    const patches = Promise.all(Array.from({ length: 20 }, (_, n) => asAcme.call('PATCH', `/v1/credentials/${id}`, { assertionAlgorithm: n % 2 ? 'RS256' : 'PS256' })));
    const reads: number[] = [];
    const isOver = patches.then(() => true);
    do reads.push((await asGlobex.call('GET', '/v1/callbacks')).status);
    while (!(await Promise.race([isOver, Promise.resolve(false)])));
    expect(new Set(reads)).toEqual(new Set([200]));
    const statuses = (await patches).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(4);
    expect(statuses.filter((status) => status !== 200 && status !== 429)).toEqual([]);
    expect(statuses).toContain(429);
    expect((await asAcme.call('PATCH', `/v1/credentials/${id}`, { assertionAlgorithm: 'EdDSA' })).status).toBe(200);
  });

  it('is deleted in steps, between which others write', async () => {
    const large = await Tenant.create(fleet);
    const asLarge = await keyOf(large);
    for (let n = 0; n < 60; n++) await api.post('/v1/callbacks', { tenant: large.id, name: `c-${n}`, url: `https://${HOST_OF_LARGE}/${n}` });
    const { id } = await asGlobex.post<{ id: string }>('/v1/callbacks', { name: 'beside', url: URL });
    const deleted = api.call('DELETE', `/v1/tenants/${large.id}`);
    for (let n = 0; n < 3; n++) expect((await asGlobex.call('PATCH', `/v1/callbacks/${id}`, { name: `beside ${n}` })).status).toBe(200);
    expect((await deleted).status).toBe(204);
    expect(await api.call('GET', `/v1/callbacks?tenant=${large.id}`)).toMatchObject({ status: 422, body: { errors: [{ pointer: '/tenant' }] } });
    expect(await api.all('/v1/callbacks', { host: HOST_OF_LARGE })).toEqual([]);
    expect((await api.call('GET', `/v1/tenants/${large.id}`)).status).toBe(404);
    await eventually(async () => {
      expect((await asLarge.call('GET', '/v1/callbacks')).status).toBe(401);
    });
  });

  it('is answered with at most 100 faults, and their number: 90,000 unknown fields were answered with 7.5 MiB', async () => {
    const fields = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`nmae${n}`, n]));
    const { status, body } = await asAcme.call<Problem & { errorCount?: number }>('POST', '/v1/callbacks', { name: 'faults', url: URL, ...fields });
    expect([status, body.errors?.length, body.errorCount]).toEqual([422, 100, 5_000]);
    const { key } = await api.post<{ key: string }>('/v1/api-keys', { name: 'publisher', role: 'publisher', tenant: acme.id });
    const publish = (events: unknown[]) => api.as(key).call('POST', '/v1/events', JSON.stringify(events), { 'content-type': 'application/cloudevents-batch+json' });
    await eventually(async () => {
      expect((await publish([{}])).status).toBe(422);
    });
    expect((await publish(Array.from({ length: 1_001 }, () => ({})))).status).toBe(413);
  });

  it('may ask with Expect: 100-continue: through the gateway it was 503', async () => {
    const body = JSON.stringify({ name: 'expecting', url: URL });
    const headers = { authorization: `Bearer ${asAcme.key}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), expect: '100-continue' };
    const asking = request(`${api.url}/v1/callbacks`, { method: 'POST', headers });
    asking.flushHeaders();
    await once(asking, 'continue');
    asking.end(body);
    const [response] = (await once(asking, 'response')) as [import('node:http').IncomingMessage];
    expect([response.statusCode, JSON.parse(await text(response))]).toEqual([201, expect.objectContaining({ name: 'expecting' })]);
  });
});
