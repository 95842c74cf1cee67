import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api, AuthorizationServer, type ApiAnswer } from '@nuncio/fixtures';
import type { Problem } from '../fleet/answers.js';
import { eventually } from '../fleet/eventually.js';
import { ownFleet } from '../fleet/fleet.js';

const PER_SECOND = 25;
/** Counted from the answer to the revocation. */
const REVOKED_WITHIN_MS = 2_000;
const KEYS = 6;
/**
 * A slow machine may stall for a while, but not in each round. A service that is really slower would be late with one of this many keys in each
 * round.
 */
const ROUNDS = 3;

const client = (clientId: string) => ({ clientId, clientSecret: `the secret of ${clientId}`, authMethod: 'client_secret_post' }) as const;
const clients = { ledger: client('ledger'), feed: client('feed'), ops: client('ops'), nobody: client('nobody'), stray: client('stray'), pretender: client('pretender'), zoe: client('zoe'), bound: client('bound') };

/** The tenant in zoe's next token. */
const zoes = { tenant: 'acme' };

describe('people and programs', () => {
  let fleet: Awaited<ReturnType<typeof ownFleet>>;
  let issuer: AuthorizationServer;
  /** Each service that answers /v1, called directly, and a route that it answers itself. */
  let services: { name: string; url: string; method: string; path: string }[];

  beforeAll(async () => {
    issuer = await AuthorizationServer.start({
      clients: Object.values(clients),
      jwt: {
        audience: 'https://nuncio.acme.com',
        claims: {
          ledger: { org: { tenant: 'acme' }, groups: ['billing'], roles: ['integrator'] },
          feed: { org: { tenant: 'acme' }, roles: ['publisher'] },
          ops: { roles: ['nuncio-ops'] },
          nobody: { roles: ['integrator'] },
          stray: { org: { tenant: 'elsewhere' }, roles: ['integrator'] },
          zoe: { org: zoes, roles: ['integrator'] },
          bound: { org: { tenant: 'acme' }, roles: ['nuncio-ops'] },
          pretender: { org: { tenant: 'acme' }, roles: ['admin', 'provider'] },
        },
      },
    });
    fleet = await ownFleet('people', {
      names: ['config-service', 'attempt-log', 'gateway'],
      env: {
        OIDC_ISSUER: issuer.issuer,
        OIDC_AUDIENCE: 'https://nuncio.acme.com',
        OIDC_JWKS_URL: issuer.jwksUrl,
        OIDC_TENANT_CLAIM: 'org.tenant',
        OIDC_ROLES: 'nuncio-ops=admin,integrator=consumer,publisher=publisher',
        RATE_LIMIT_PER_SECOND: String(PER_SECOND),
      },
    });
    services = [
      { name: 'config-service', method: 'GET', path: '/v1/callbacks' },
      { name: 'attempt-log', method: 'GET', path: '/v1/attempts' },
      { name: 'gateway', method: 'POST', path: '/v1/events' },
    ].map((service) => ({ ...service, url: `http://127.0.0.1:${fleet.services.services[service.name]?.port ?? 0}` }));
    await fleet.api.post('/v1/tenants', { id: 'acme', name: 'Acme' });
    await fleet.api.post('/v1/tenants', { id: 'globex', name: 'Globex' });
    await fleet.api.post('/v1/event-types', { name: 'invoice.paid' });
  });
  afterAll(() => Promise.all([fleet.close(), issuer.down()]));

  /** Every service's answer to these credentials. */
  const everywhere = (credentials: string): Promise<ApiAnswer<Problem>[]> =>
    Promise.all(services.map(({ url, method, path }) => new Api(url, credentials).call<Problem>(method, path, method === 'POST' ? {} : undefined)));
  const statuses = async (credentials: string): Promise<number[]> => (await everywhere(credentials)).map(({ status }) => status);

  it('are accepted everywhere with the access token of an OIDC provider, within their tenant and groups', async () => {
    const token = await issuer.tokenFor(clients.ledger);
    // The gateway knows the caller, and that a consumer may not publish.
    await eventually(async () => {
      expect(await statuses(token)).toEqual([200, 200, 403]);
    });
    const callback = await fleet.api.as(token).post<{ id: string; tenant: string; groups: string[] }>('/v1/callbacks', { name: 'ledger', url: 'http://127.0.0.1:9/in' });
    expect(callback).toMatchObject({ tenant: 'acme', groups: ['billing'] });
    const { key } = await fleet.api.post<{ key: string }>('/v1/api-keys', { name: 'sales', role: 'consumer', tenant: 'acme', groups: ['sales'] });
    expect((await fleet.api.as(key).call('GET', `/v1/callbacks/${callback.id}`)).status).toBe(404);
    expect(await fleet.api.as(token).all('/v1/audit', { id: callback.id })).toMatchObject([{ actor: 'oidc:ledger', type: 'created' }]);
  });

  it('publish with a token, under their own name', async () => {
    const token = await issuer.tokenFor(clients.feed);
    const published = await fleet.api.as(token).call<{ id: string; ceId: string }>('POST', '/v1/events', { amount: 1 }, { 'ce-type': 'invoice.paid', 'ce-specversion': '1.0' });
    expect(published).toMatchObject({ status: 202, body: { id: expect.stringMatching(/^evt_/) } });
    const event = await eventually(() => fleet.api.get<{ ceSource: string }>(`/v1/events/${published.body.id}`));
    expect(event.ceSource).toBe('oidc:feed');
  });

  it('are admins if the operator has mapped them, and not because they say so', async () => {
    const ops = fleet.api.as(await issuer.tokenFor(clients.ops));
    expect(await ops.all('/v1/tenants')).toMatchObject([{ id: 'globex' }, { id: 'acme' }]);
    const answers = await everywhere(await issuer.tokenFor(clients.pretender));
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(services.map(() => [403, 'forbidden']));
  });

  it('are no admins with a token that names a tenant', async () => {
    const answers = await everywhere(await issuer.tokenFor(clients.bound));
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(services.map(() => [403, 'forbidden']));
  });

  it('have an Idempotency-Key for each tenant that they have a token of', async () => {
    const tokenFor = async (tenant: string): Promise<string> => {
      zoes.tenant = tenant;
      return issuer.tokenFor(clients.zoe);
    };
    const [atAcme, atGlobex] = [await tokenFor('acme'), await tokenFor('globex')];
    const made = (token: string, name: string): Promise<ApiAnswer<object>> => fleet.api.as(token).call('POST', '/v1/callbacks', { name, url: 'http://127.0.0.1:9/in' }, { 'idempotency-key': 'k-1' });
    expect(await made(atAcme, 'one')).toMatchObject({ status: 201, body: { tenant: 'acme' } });
    expect(await made(atGlobex, 'one')).toMatchObject({ status: 201, body: { tenant: 'globex' } });
    expect(await made(atGlobex, 'two')).toMatchObject({ status: 422, body: { code: 'invalid' } });
    // Both tokens are of the same person.
    expect((await fleet.api.all<{ actor: string }>('/v1/audit')).filter(({ actor }) => actor === 'oidc:zoe')).toHaveLength(2);
  });

  it.each(['nobody', 'stray'] as const)('without a known tenant are refused: %s', async (name) => {
    const answers = await everywhere(await issuer.tokenFor(clients[name]));
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(services.map(() => [401, 'unauthenticated']));
  });

  it('cannot use a key anywhere two seconds after it expires', async () => {
    const worst: number[] = [];
    while (worst.length < ROUNDS && !worst.some((ms) => ms <= REVOKED_WITHIN_MS)) {
      const takenMs: number[] = [];
      for (let n = 0; n < KEYS; n++) takenMs.push(await takenOn());
      worst.push(Math.max(...takenMs));
    }
    expect(Math.min(...worst)).toBeLessThanOrEqual(REVOKED_WITHIN_MS);
  });

  /** The longest time after a key's revocation was answered for which any service accepted it, in milliseconds. */
  async function takenOn(): Promise<number> {
    const { id, key } = await fleet.api.post<{ id: string; key: string }>('/v1/api-keys', { name: 'short', role: 'consumer', tenant: 'acme' });
    await eventually(async () => {
      expect(await statuses(key)).toEqual([200, 200, 403]);
    });
    expect((await fleet.api.call('DELETE', `/v1/api-keys/${id}`)).status).toBe(204);
    const endedAt = performance.now();
    let takenMs = 0;
    await eventually(async () => {
      const askedMs = performance.now() - endedAt;
      const answers = await statuses(key);
      if (answers.some((status) => status !== 401)) takenMs = askedMs;
      expect(answers).toEqual([401, 401, 401]);
    });
    return takenMs;
  }

  it('with too many requests are told when to try again, and delay nobody else', async () => {
    const { key } = await fleet.api.post<{ key: string }>('/v1/api-keys', { name: 'hasty', role: 'viewer', tenant: 'acme' });
    await eventually(async () => {
      expect(await statuses(key)).toEqual([200, 200, 403]);
    });
    for (const { url, path, name } of services.filter(({ method }) => method === 'GET')) {
      const answers = await Promise.all(Array.from({ length: 8 * PER_SECOND }, () => fetch(url + path, { headers: { authorization: `Bearer ${key}` } })));
      const refused = answers.find(({ status }) => status === 429);
      expect([name, refused?.headers.get('retry-after'), ((await refused?.json()) as Problem | undefined)?.code]).toEqual([name, '1', 'too-many-requests']);
      expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(PER_SECOND);
      expect((await fleet.api.call('GET', '/v1/applications')).status).toBe(200);
    }
  });

  it('have one share of requests for all portal sessions that a key makes for its tenant', async () => {
    const { key } = await fleet.api.post<{ key: string }>('/v1/api-keys', { name: 'portal', role: 'consumer', tenant: 'acme' });
    const [asked] = services;
    await eventually(async () => {
      expect((await fleet.api.as(key).call('GET', '/v1/me')).status).toBe(200);
    });
    const sessionOf = async (subject: string): Promise<string> => (await fleet.api.as(key).post<{ token: string }>('/v1/portal-sessions', { subject, origin: 'https://app.acme.com' })).token;
    const tokens: string[] = [];
    for (let i = 0; i < 8; i++) tokens.push(await sessionOf(`zoe-${i}`));
    const answers = await Promise.all(tokens.flatMap((token) => Array.from({ length: PER_SECOND }, () => fetch(`${asked?.url}/v1/applications`, { headers: { authorization: `Bearer ${token}` } }))));
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
    expect((await fleet.api.call('GET', '/v1/applications')).status).toBe(200);
  });
});
