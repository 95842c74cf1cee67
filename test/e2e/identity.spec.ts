import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { always, Receiver, type Api } from '@nuncio/fixtures';
import type { AttemptAnswer, Problem } from '../fleet/answers.js';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

interface EventAnswer {
  readonly id: string;
  readonly tenants: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly unmatched: string | null;
  readonly publisher: string | null;
}
type Accepted = Problem & { readonly id: string };

describe('between tenants', () => {
  const fleet = sharedFleet();
  let receivers: [Receiver, Receiver];
  let acme: Tenant;
  let globex: Tenant;
  beforeEach(async () => {
    receivers = await Promise.all([Receiver.start(), Receiver.start()]);
    [acme, globex] = await Promise.all([Tenant.create(fleet), Tenant.create(fleet)]);
  });
  afterEach(() => Promise.all(receivers.map((receiver) => receiver.close())));
  afterAll(() => fleet.cluster.close());

  const keyOf = async (role: string, tenant?: Tenant): Promise<Api> => {
    const { key } = await fleet.api.post<{ key: string }>('/v1/api-keys', { name: role, role, ...(tenant && { tenant: tenant.id }) });
    const api = fleet.api.as(key);
    // The gateway knows the key a moment later.
    await eventually(async () => {
      expect((await api.call('POST', '/v1/events', {}, { 'ce-type': 'no.such.type' })).status).not.toBe(401);
    });
    return api;
  };
  const publish = (by: Api, attributes: Readonly<Record<string, string>>, payload: unknown): Promise<{ status: number; body: Accepted }> =>
    by.call('POST', '/v1/events', payload, { 'ce-specversion': '1.0', 'ce-type': acme.eventType, 'ce-source': '/shop', ...attributes });
  const received = (receiver: Receiver): Promise<string> =>
    eventually(() => {
      expect(receiver.requests).toHaveLength(1);
      return receiver.requests[0]?.body.toString() ?? '';
    });
  const payloadOf = async (by: Api, event: string): Promise<string | number> => {
    const answer = await fetch(`${by.url}/v1/events/${event}/payload`, { headers: { authorization: `Bearer ${by.key}` } });
    return answer.ok ? answer.text() : answer.status;
  };

  it('an event of another tenant neither replaces one of the same source and id, nor shows its payload', async () => {
    const tenants = [globex, acme];
    const events: string[] = [];
    const viewers: Api[] = [];
    const id = randomUUID();
    for (const [n, tenant] of tenants.entries()) {
      await tenant.subscribe(receivers[n]!, {});
      const { status, body } = await publish(await keyOf('publisher', tenant), { 'ce-id': id, 'nuncio-publisher': acme.id }, { of: tenant.id });
      expect(status).toBe(202);
      events.push(body.id);
      viewers.push(await keyOf('viewer', tenant));
    }
    for (const [n, tenant] of tenants.entries()) expect(await received(receivers[n]!)).toBe(JSON.stringify({ of: tenant.id }));
    expect(new Set(events).size).toBe(2);
    await eventually(async () => {
      expect(await Promise.all(viewers.flatMap((viewer) => events.map((event) => payloadOf(viewer, event))))).toEqual([JSON.stringify({ of: globex.id }), 404, 404, JSON.stringify({ of: acme.id })]);
    });
    expect(await fleet.api.get<EventAnswer>(`/v1/events/${events[0] ?? ''}`)).toMatchObject({ publisher: globex.id });
    // The same event again from the same tenant is a second copy.
    expect((await publish(await keyOf('publisher', globex), { 'ce-id': id }, { of: globex.id })).body.id).toBe(events[0]);
  });

  it('an event within an event is only payload: what the gateway has judged is what is delivered', async () => {
    await acme.subscribe(receivers[0], {});
    const publisher = await keyOf('publisher', globex);
    const inner = { specversion: '1.0', id: randomUUID(), source: '/shop', type: acme.eventType, tenant: acme.id, data: { of: 'globex' } };
    const outer = { ...inner, tenant: globex.id, datacontenttype: 'application/cloudevents+json', data: inner };
    const type = { 'content-type': 'application/cloudevents+json' };
    expect((await publisher.call('POST', '/v1/events', inner, type)).status).toBe(403);
    expect(await publisher.call('POST', '/v1/events', outer, type)).toMatchObject({ status: 422, body: { errors: [{ code: 'bad-attribute' }] } });
    expect(await publisher.call('POST', '/v1/events', [outer], { 'content-type': 'application/cloudevents-batch+json' })).toMatchObject({ status: 422 });
    for (const contentType of ['"application/cloudevents+json"', 'APPLICATION/cloudevents+json; x=1'])
      expect([403, 415, 422]).toContain((await publisher.call('POST', '/v1/events', inner, { 'content-type': contentType, 'ce-type': acme.eventType, 'ce-tenant': globex.id })).status);
    await acme.publish([{ payload: '"last"' }]);
    expect(await received(receivers[0])).toBe('"last"');
  });

  it('an event for several tenants names to each only that tenant, in what is sent, filtered, kept and shown', async () => {
    const asks = [{ exact: { tenant: acme.id } }, { suffix: { tenant: `,${globex.id}` } }];
    const { callback } = await acme.subscribe(receivers[0], { envelope: 'cloudevents', retry: { delaysSeconds: [1], jitter: 0 } });
    const oracles = await Promise.all(
      asks.map(async (filter) => {
        const { id } = await fleet.api.post<{ id: string }>('/v1/subscriptions', { tenant: acme.id, callback, eventTypes: [acme.eventType], filter, activate: true });
        return id;
      }),
    );
    receivers[0].requests.length = 0;
    await globex.subscribe(receivers[1], { envelope: 'cloudevents' });
    receivers[0].answer(always({ status: 503 }));
    await acme.publish([{ payload: '{}', attributes: { tenant: `${acme.id},${globex.id}` } }]);
    await eventually(() => {
      expect(receivers[0].requests.length).toBeGreaterThan(2);
      expect(receivers[1].requests).toHaveLength(1);
    });
    for (const [n, tenant] of [acme, globex].entries()) expect(new Set(receivers[n]?.requests.map(({ headers }) => headers['ce-tenant']))).toEqual(new Set([tenant.id]));
    const viewer = await keyOf('viewer', acme);
    const attempts = await eventually(async () => {
      const all = await viewer.all<AttemptAnswer & { subscription: string }>('/v1/attempts');
      expect(all.some(({ number }) => number === 2)).toBe(true);
      return all;
    });
    expect(JSON.stringify(attempts)).not.toContain(globex.id);
    expect(attempts.some(({ subscription }) => subscription === oracles[0])).toBe(true);
    expect(attempts.filter(({ subscription }) => subscription === oracles[1])).toEqual([]);
    const [event] = await viewer.all<EventAnswer>('/v1/events');
    expect(event).toMatchObject({ tenants: [acme.id] });
    expect(JSON.stringify(event)).not.toContain(globex.id);
  });

  it('client keys: each credential has a document of its own, and there is none for all of them', async () => {
    const made = await Promise.all(
      [acme, globex].map((tenant) =>
        fleet.api.post<{ id: string; jwksUri: string; publicJwk: { kid: string } }>('/v1/credentials', { tenant: tenant.id, name: 'signs', tokenUrl: 'http://127.0.0.1:9/token', clientId: 'c', authMethod: 'private_key_jwt' }),
      ),
    );
    for (const { id, jwksUri, publicJwk } of made) {
      expect(jwksUri).toBe(`${fleet.api.url}/v1/credentials/${id}/jwks.json`);
      await eventually(async () => {
        const answer = await fetch(jwksUri);
        expect([answer.status, await answer.json()]).toEqual([200, { keys: [publicJwk] }]);
      });
      expect(await fleet.api.get(`/v1/credentials/${id}`)).toMatchObject({ jwksUri });
    }
    const { id: secretive } = await fleet.api.post<{ id: string }>('/v1/credentials', { tenant: acme.id, name: 'has a secret', tokenUrl: 'http://127.0.0.1:9/token', clientId: 'c', clientSecret: 's' });
    const [keyless, nobody] = await Promise.all(
      [secretive, 'cred_none'].map(async (id) => {
        const answer = await fetch(`${fleet.api.url}/v1/credentials/${id}/jwks.json`, { headers: { 'x-request-id': 'the-same' } });
        return { status: answer.status, body: await answer.text() };
      }),
    );
    expect(keyless).toEqual(nobody);
    expect(keyless).toMatchObject({ status: 404 });
    expect((await fetch(`${fleet.api.url}/.well-known/jwks.json`)).status).toBe(404);
    const [id] = made.map((credential) => credential.id);
    expect(await fleet.api.patch(`/v1/credentials/${id ?? ''}`, { authMethod: 'client_secret_basic', clientSecret: 's' })).toMatchObject({ jwksUri: null, publicJwk: null });
  });

  it('an event for an unknown tenant is refused over HTTP, and over Kafka kept until the tenant exists', async () => {
    const late = `t-${randomUUID().slice(0, 13)}`;
    const publisher = await keyOf('publisher');
    expect(await publish(publisher, { 'ce-tenant': `${acme.id},${late}` }, {})).toMatchObject({ status: 422, body: { code: 'invalid', errors: [{ pointer: '/tenant', code: 'unknown-tenant' }] } });
    const [ceId = ''] = await acme.publish([{ payload: '"kept"', attributes: { tenant: late } }]);
    await eventually(async () => {
      expect(await fleet.api.all<EventAnswer>('/v1/events', { ceId })).toMatchObject([{ unmatched: 'unknown-tenant', tenants: [late] }]);
    });
    await fleet.api.post('/v1/tenants', { id: late, name: late });
    const { id: callback } = await fleet.api.post<{ id: string }>('/v1/callbacks', { tenant: late, name: 'late', url: receivers[0].url });
    const { id: subscription } = await fleet.api.post<{ id: string }>('/v1/subscriptions', { tenant: late, callback, eventTypes: [acme.eventType], activate: true });
    receivers[0].requests.length = 0;
    await acme.inForce();
    await eventually(async () => {
      expect(await fleet.api.call('POST', '/v1/replays', { select: { events: { ceId }, subscription }, dryRun: true })).toMatchObject({ body: { count: 1 } });
    });
    await fleet.api.post('/v1/replays', { select: { events: { ceId }, subscription } });
    expect(await received(receivers[0])).toBe('"kept"');
  });
});
