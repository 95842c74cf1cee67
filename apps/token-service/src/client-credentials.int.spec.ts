import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { makeClientKey, type GrantedToken } from '@nuncio/auth';
import { AssertionAlgorithm, type Credential } from '@nuncio/contracts';
import { Egress, EgressAllowSetting } from '@nuncio/egress';
import { parseKeyRing, seal, Secret } from '@nuncio/sealing';
import Provider from 'oidc-provider';
import { ClientCredentials } from './client-credentials.js';

const ring = parseKeyRing(`k1:${randomBytes(32).toString('base64')}`);
const egress = new Egress({ allow: EgressAllowSetting.parse('127.0.0.0/8') });
const servers: Server[] = [];

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/**
 * Every kind of character that RFC 6749 appendix A allows in ids and secrets and that oidc-provider accepts: printable
 * ASCII.
 */
const awkward = { clientId: 'cli+ent %2B:& "x"', clientSecret: 's+e%c:r&e t "q"/=?~\\' };

const sealed = (text: string, field: string): string => seal(ring, new Secret(text), { tenant: 'acme', kind: 'credential', id: 'cred_1', field });

function credential(over: Partial<Credential>, given: { clientId: string; clientSecret: string } = awkward): Credential {
  return {
    id: 'cred_1',
    tenant: 'acme',
    groups: [],
    name: 'as',
    tokenUrl: null,
    issuer: null,
    authMethod: 'client_secret_basic',
    basicEncoding: 'rfc6749',
    assertionAudience: 'token-url',
    assertionAlgorithm: 'ES256',
    clientKey: null,
    clientCertificate: null,
    certificateForDelivery: false,
    assumeBearer: false,
    clientId: sealed(given.clientId, 'clientId'),
    clientSecret: sealed(given.clientSecret, 'clientSecret'),
    scope: null,
    audience: null,
    resource: null,
    params: {},
    headers: {},
    ...over,
  };
}

afterAll(async () => {
  await egress.close();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

describe('against oidc-provider', () => {
  let issuer: string;
  const keys = new Map<string, Awaited<ReturnType<typeof makeClientKey>>>();
  const client = new ClientCredentials(egress, ring, 5_000);

  beforeAll(async () => {
    const answer: { with: RequestListener } = { with: () => undefined };
    issuer = await listen((request, response) => {
      answer.with(request, response);
    });
    const client = {
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      scope: 'webhooks:write',
      id_token_signed_response_alg: 'ES256' as const,
    };
    const knowing = (['client_secret_basic', 'client_secret_post'] as const).map((method) => ({
      ...client,
      client_id: `${method}/${awkward.clientId}`,
      client_secret: awkward.clientSecret,
      token_endpoint_auth_method: method,
    }));
    const signers = [...AssertionAlgorithm.options.map((algorithm) => ({ name: algorithm, algorithm })), { name: 'globex', algorithm: 'ES256' as const }];
    for (const { name, algorithm } of signers) keys.set(name, await makeClientKey(algorithm));
    const signing = signers.map(({ name, algorithm }) => ({
      ...client,
      client_id: `${name}/${awkward.clientId}`,
      token_endpoint_auth_method: 'private_key_jwt' as const,
      token_endpoint_auth_signing_alg: algorithm,
      jwks_uri: `https://nuncio.example.com/v1/credentials/${name}/jwks.json`,
    }));
    // oidc-provider warns that it keeps tokens in memory, which is intended here.
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const provider = new Provider(issuer, {
      clients: [...knowing, ...signing],
      cookies: { keys: ['unused'] },
      // The provider's own guard would refuse to call loopback.
      fetch: (url: string | URL | Request) => {
        const name = (url instanceof Request ? url.url : String(url)).split('/').at(-2) ?? '';
        return Promise.resolve(Response.json({ keys: [keys.get(name)?.publicJwk] }));
      },
      features: {
        clientCredentials: { enabled: true },
        devInteractions: { enabled: false },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: () => ({ scope: 'webhooks:write', accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } }),
        },
      },
      jwks: { keys: [{ ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }] },
      scopes: ['webhooks:write', 'admin'],
      ttl: { ClientCredentials: 600 },
    });
    const callback = provider.callback();
    answer.with = (request, response) => void callback(request, response);
  });

  const of = (authMethod: string, over: Partial<Credential> = {}): Credential =>
    credential({ authMethod, tokenUrl: `${issuer}/token`, ...over }, { ...awkward, clientId: `${authMethod}/${awkward.clientId}` });

  it.each(['client_secret_basic', 'client_secret_post'])('gets a token by %s, with an id and a secret full of awkward characters', async (method) => {
    const response = await client.fetch(of(method, { scope: 'webhooks:write' }));
    expect(response).toMatchObject({ ok: true, expiresInSeconds: 600, scope: 'webhooks:write' });
  });

  const signer = (algorithm: string, over: Partial<Credential> = {}): Credential => {
    const { privateJwk, publicJwk } = keys.get(algorithm)!;
    const given = credential(
      { authMethod: 'private_key_jwt', tokenUrl: `${issuer}/token`, ...over },
      { ...awkward, clientId: `${algorithm}/${awkward.clientId}` },
    );
    return { ...given, clientSecret: null, clientKey: { privateJwk: sealed(privateJwk.reveal(), 'clientKey'), publicJwk } };
  };

  it.each(AssertionAlgorithm.options)('gets a token by private_key_jwt, signed by %s, for the token URL and for the issuer', async (algorithm) => {
    expect(await client.fetch(signer(algorithm))).toMatchObject({ ok: true, expiresInSeconds: 600 });
    expect(await client.fetch(signer(algorithm, { tokenUrl: null, issuer, assertionAudience: 'issuer' }))).toMatchObject({ ok: true });
  });

  it('gets opaque tokens, and JWTs for a resource', async () => {
    const opaque = (await client.fetch(of('client_secret_basic'))) as GrantedToken;
    expect(opaque.accessToken.reveal()).toMatch(/^[\w-]+$/);
    const jwt = (await client.fetch(of('client_secret_basic', { resource: 'https://hooks.example.com/in', scope: 'webhooks:write' }))) as GrantedToken;
    expect(jwt).toMatchObject({ ok: true, expiresInSeconds: 600, scope: 'webhooks:write' });
    const [, payload = ''] = jwt.accessToken.reveal().split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ aud: 'https://hooks.example.com/in', scope: 'webhooks:write' });
  });

  it('gets none with a key that is not registered for this client, even if it is registered for another', async () => {
    for (const other of ['EdDSA', 'globex']) {
      const stranger = { ...signer('ES256'), clientKey: signer(other).clientKey };
      expect(await client.fetch(stranger)).toMatchObject({ ok: false, tokenError: { class: 'http', httpStatus: 401, code: 'invalid_client' } });
    }
  });

  it('finds the token endpoint in the metadata of an issuer', async () => {
    expect(await client.fetch(of('client_secret_basic', { tokenUrl: null, issuer }))).toMatchObject({ ok: true });
  });

  it('reports what the server says of a wrong secret and of a scope', async () => {
    const wrong = credential({ tokenUrl: `${issuer}/token` }, { clientId: `client_secret_basic/${awkward.clientId}`, clientSecret: 'wrong' });
    expect(await client.fetch(wrong)).toMatchObject({ ok: false, tokenError: { class: 'http', httpStatus: 401, code: 'invalid_client' } });
    expect(await client.fetch(of('client_secret_basic', { scope: 'admin' }))).toMatchObject({
      ok: false,
      tokenError: { class: 'http', httpStatus: 400, code: 'invalid_scope' },
    });
  });
});

const refusedAs = (errorClass: string, httpStatus: number | null = null) => ({ ok: false, tokenError: { class: errorClass, httpStatus, code: null } });

describe('an authorization server of its own kind', () => {
  const client = new ClientCredentials(egress, ring, 3_000);
  const answering = (status: number, body: string | Buffer, headers: Record<string, string> = {}): Promise<string> =>
    listen((_, response) => {
      response.writeHead(status, headers).end(body);
    });

  it('may say in words what is wrong, but no secret that it was sent, in any encoding', async () => {
    const { clientId, clientSecret } = awkward;
    const echoes = [clientId, clientSecret, encodeURIComponent(clientSecret), Buffer.from(`${clientId}:${clientSecret}`).toString('base64'), JSON.stringify(clientSecret)];
    for (const echo of echoes) {
      const tokenUrl = await answering(401, JSON.stringify({ error: 'unauthorized_client', error_description: `Invalid client\nor ${echo}` }));
      const response = await client.fetch(credential({ tokenUrl }));
      expect(response).toMatchObject({ ok: false, tokenError: { httpStatus: 401, code: 'unauthorized_client', description: expect.stringMatching(/^Invalid client or .*<redacted>/) as unknown } });
      for (const secret of [clientSecret, encodeURIComponent(clientSecret), Buffer.from(clientSecret).toString('base64').slice(0, 12)]) expect(JSON.stringify(response)).not.toContain(secret);
    }
  });

  it('may not echo a secret as its code or scope', async () => {
    const given = { clientId: 'client-of-acme', clientSecret: 'a-secret-of-acme' };
    const coded = await client.fetch(credential({ tokenUrl: await answering(400, `{"error":"${given.clientSecret}"}`) }, given));
    expect(coded).toMatchObject({ ok: false, tokenError: { code: null } });
    const scoped = await client.fetch(credential({ tokenUrl: await answering(200, `{"access_token":"t","token_type":"Bearer","scope":"${given.clientSecret}"}`) }, given));
    expect(scoped).toMatchObject({ ok: true, scope: null });
  });

  it('may answer 415 to a charset, and is sent none', async () => {
    const asked: (string | undefined)[] = [];
    const tokenUrl = await listen(({ headers }, response) => {
      asked.push(headers['content-type'], headers['user-agent'], headers['accept-encoding']);
      response.end('{"access_token":"00D!AQ^#","token_type":"Bearer"}');
    });
    const response = (await client.fetch(credential({ tokenUrl }))) as GrantedToken;
    expect(response.accessToken.reveal()).toBe('00D!AQ^#');
    expect(asked).toEqual(['application/x-www-form-urlencoded', expect.stringMatching(/^Nuncio\//), 'identity']);
  });

  it.each<[string, string, (response: ServerResponse) => unknown]>([
    ['connect', 'the connection was closed early', (response) => response.destroy()],
    ['timeout', 'no answer came in time', () => undefined],
    ['too_large', 'the answer is longer than 65536 bytes', (response) => response.end(Buffer.alloc(100_000))],
  ])('fails with class %s, and in words: %s', async (errorClass, description, treat) => {
    const hasty = new ClientCredentials(egress, ring, 300);
    const tokenUrl = await listen((_, response) => {
      treat(response);
    });
    expect(await hasty.fetch(credential({ tokenUrl }))).toMatchObject({ ok: false, tokenError: { class: errorClass, description } });
  });

  it.each([['', '/'], ['/', '']])('gets an assertion for the issuer as its metadata writes it, if the credential has "%s" and the metadata "%s" at its end', async (given, written) => {
    const { privateJwk, publicJwk } = await makeClientKey('ES256');
    const audiences: unknown[] = [];
    const origin: string = await listen((request, response) => {
      void request.toArray().then((chunks) => {
        const assertion = new URLSearchParams(Buffer.concat(chunks as Buffer[]).toString()).get('client_assertion');
        if (assertion !== null) audiences.push((JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString()) as { aud: unknown }).aud);
        const body = request.url === '/token' ? { access_token: 't', token_type: 'Bearer' } : { issuer: `${origin}${written}`, token_endpoint: `${origin}/token` };
        response.end(JSON.stringify(body));
      });
    });
    const clientKey = { privateJwk: sealed(privateJwk.reveal(), 'clientKey'), publicJwk };
    const signing = credential({ authMethod: 'private_key_jwt', issuer: `${origin}${given}`, clientKey, assertionAudience: 'issuer' });
    // The second request finds the endpoint in memory.
    for (let i = 0; i < 2; i++) expect(await client.fetch(signing)).toMatchObject({ ok: true });
    expect(audiences).toEqual([`${origin}${written}`, `${origin}${written}`]);
  });

  it('may compress its metadata and its token although it is asked not to', async () => {
    const issuer: string = await listen(({ url }, response) => {
      const body = url === '/token' ? { access_token: 't', token_type: 'Bearer' } : { issuer, token_endpoint: `${issuer}/token` };
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify(body)));
    });
    expect(await client.fetch(credential({ issuer }))).toMatchObject({ ok: true });
  });

  it.each<[string, (response: ServerResponse) => unknown]>([
    ['answers 500', (response) => response.writeHead(500).end()],
    ['closes the connection', (response) => response.destroy()],
    ['answers nothing', () => undefined],
    ["has another issuer's metadata", (response) => response.end('{"issuer":"https://other.example.com","token_endpoint":"https://other.example.com/token"}')],
  ])('may have its metadata only at the path of OpenID Connect, if the other path %s', async (_, elsewhere) => {
    const issuer: string = await listen(({ url }, response) => {
      if (url === '/.well-known/oauth-authorization-server') elsewhere(response);
      else response.end(JSON.stringify(url === '/token' ? { access_token: 't', token_type: 'Bearer' } : { issuer, token_endpoint: `${issuer}/token` }));
    });
    expect(await client.fetch(credential({ issuer }))).toMatchObject({ ok: true });
  });
});

describe('an issuer without metadata to be had', () => {
  it.each<[string, number[], object]>([
    ['is ill, and says for how long', [503, 404], { ...refusedAs('http', 503), retryAfterMs: 120_000 }],
    ['has none at the likelier place, and is ill', [404, 503], { ...refusedAs('http', 503), retryAfterMs: 120_000 }],
    ['has none', [404, 404], refusedAs('http', 404)],
    ['sends elsewhere', [302, 302], refusedAs('redirect', 302)],
    ['answers something else', [200, 404], refusedAs('invalid_response', 200)],
  ])('%s', async (_, statuses, expected) => {
    const asked: (string | undefined)[] = [];
    const issuer = await listen(({ url }, response) => {
      response.writeHead(statuses[asked.push(url) - 1] ?? 500, { 'retry-after': '120' }).end('{}');
    });
    expect(await new ClientCredentials(egress, ring, 3_000).fetch(credential({ issuer }))).toMatchObject(expected);
    expect(asked).toEqual(['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration']);
  });
});

describe('before anything is sent', () => {

  it('never calls a forbidden address', async () => {
    const guarded = new ClientCredentials(new Egress({ allow: EgressAllowSetting.parse('') }), ring, 300);
    expect(await guarded.fetch(credential({ tokenUrl: 'https://127.0.0.1/token' }))).toMatchObject(refusedAs('blocked_address'));
  });

  it("reports an internal failure when the operator's egress proxy is away, which is not a fault of the authorization server", async () => {
    const proxied = new Egress({ allow: EgressAllowSetting.parse(''), proxy: { origin: 'http://127.0.0.1:1', authorization: null } });
    const client = new ClientCredentials(proxied, ring, 1_000);
    expect(await client.fetch(credential({ tokenUrl: 'https://1.1.1.1/token' }))).toMatchObject(refusedAs('internal'));
  });

  it('reports an internal failure when the keys do not open the credential', async () => {
    const stranger = new ClientCredentials(egress, parseKeyRing(`k1:${randomBytes(32).toString('base64')}`), 300);
    expect(await stranger.fetch(credential({ tokenUrl: 'http://127.0.0.1:1/token' }))).toMatchObject(refusedAs('internal'));
  });
});
