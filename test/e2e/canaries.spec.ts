import { randomBytes, randomUUID } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '@nuncio/embedded';
import { always, AuthorizationServer, Receiver, type Misbehaviour, type Script } from '@nuncio/fixtures';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { eventually } from '../fleet/eventually.js';
import { everything, type Whereabouts } from '../fleet/everything.js';
import { ownFleet, type OwnFleet } from '../fleet/fleet.js';
import { opened } from '../fleet/opened.js';
import { RecordingApi } from '../fleet/recording-api.js';
import { search, spellings } from '../fleet/spellings.js';
import { Tenant } from '../fleet/tenant.js';

// Texts with characters that need escaping somewhere, long enough not to occur by chance.
const canary = (name: string): string => `${name} ${randomUUID()} + % & : "x" <y> \\ / '`;
const gate = (name: string): string => `${name}/${randomUUID()}+"quoted"&<x>=`;
const client = { clientId: canary('client id'), clientSecret: canary('client secret'), authMethod: 'client_secret_basic' } as const;

/** A receiver that echoes secrets, as some debugging endpoints do. */
const echo: Script = ({ headers, body }) => ({
  status: 500,
  headers: { 'x-you-sent': headers.authorization ?? '', 'x-gate-was': headers['x-gate'] ?? '' },
  body: [
    JSON.stringify(headers),
    `<pre>${Object.values(headers).join('\n').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')}</pre>`,
    new URLSearchParams(headers).toString(),
    Buffer.from(JSON.stringify(Object.values(headers))).toString('base64'),
    Buffer.from(Object.values(headers).join()).toString('hex'),
    JSON.stringify(headers).replace(/[^\w{}":,]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`),
    Object.values(headers).join().replace(/\W/g, (char) => `&#x${char.charCodeAt(0).toString(16)};`),
    encodeURIComponent(Object.values(headers).join()).replace(/%../g, (escape) => escape.toLowerCase()),
    Buffer.from(Object.values(headers).join()).toString('base64').replace(/.{40}/g, '$&\r\n').replaceAll('=', ''),
    Buffer.from(JSON.stringify(JSON.stringify(headers))).toString('base64url'),
    Object.values(headers).map((value) => value.replace(/^\S+ /, '')).join(' | '),
    Buffer.from(/^Basic (.*)$/.exec(headers['x-basic'] ?? '')?.[1] ?? '', 'base64').toString(),
    body.toString(),
  ].join('\n'),
});

/** The same with each content coding in turn. */
const packedEcho: Script = (request, nth) => {
  const { headers, body } = echo(request, nth) as { headers: Record<string, string>; body: string };
  const [coding = '', pack = gzipSync] = Object.entries({ gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync })[nth % 4] ?? [];
  return { status: 500, headers: { ...headers, ...(nth % 8 < 4 && { 'content-encoding': coding }) }, body: pack(body) };
};

/**
 * Sends every secret of an installation once through everything that it may pass. `canaries` has the secrets by names that may be
 * printed.
 */
describe('no secret is found anywhere', () => {
  const canaries: Record<string, string> = { 'client id': client.clientId, 'client secret': client.clientSecret };
  let fleet: OwnFleet;
  let api: RecordingApi;
  let whereabouts: Whereabouts;
  let server: AuthorizationServer;
  let receiver: Receiver;

  beforeAll(async () => {
    const metricsPort = await freePort();
    fleet = await ownFleet('canaries', { env: { LOG_LEVEL: 'verbose' }, envOf: { gateway: { METRICS_PORT: String(metricsPort) } } });
    api = new RecordingApi(fleet.services.url, fleet.services.adminKey);
    const inner = Object.entries(fleet.services.services).filter(([name]) => name !== 'gateway').map(([, { port }]) => port);
    whereabouts = {
      ...fleet,
      databaseUrl: fleet.stack.databaseUrl,
      redisUrl: fleet.stack.redisUrl,
      metricsUrls: [...inner, metricsPort].map((port) => `http://127.0.0.1:${port}/metrics`),
    };
    for (const [name, value] of Object.entries(parseEnv(await readFile(join(fleet.dir, 'keys'), 'utf8')))) canaries[name] = value!.replace(/^k1:/, '');
    canaries['password of PostgreSQL'] = new URL(fleet.stack.databaseUrl).password;
    canaries['password of Redis'] = new URL(fleet.stack.redisUrl).password;
    server = await AuthorizationServer.start({ clients: [client] });
    receiver = await Receiver.start();
  });
  afterAll(async () => {
    await Promise.all([server.down(), receiver.close(), fleet.close()]);
  });

  const attempts = (tenant: Tenant, count: number) =>
    eventually(async () => {
      const all = await tenant.attempts();
      expect(all.length).toBeGreaterThanOrEqual(count);
      return all;
    });

  it('after deliveries, retries, echoes, refusals, tests, faults and exports', async () => {
    const tenant = await Tenant.create({ ...fleet, api });
    const key = await api.post<{ id: string; key: string }>('/v1/api-keys', { name: 'a consumer', role: 'consumer', tenant: tenant.id });
    canaries['API key'] = key.key;

    const credentialHeader = gate('credential header');
    const callbackHeader = gate('callback header');
    const apiKey = `${randomUUID()}/+=`;
    const password = canary('password');
    Object.assign(canaries, { 'credential header': credentialHeader, 'callback header': callbackHeader, 'key behind a scheme': apiKey, 'password of Basic': password });
    const credential = await tenant.credential(server, client, { name: 'shop', headers: { 'X-Tenant-Gate': credentialHeader } });
    const retry = { delaysSeconds: [1, 1], jitter: 0 };
    const oauth = { authentication: { type: 'oauth2', credential }, secretHeaders: { 'X-Gate': callbackHeader, 'X-Api': `ApiKey ${apiKey}`, 'X-Basic': `Basic ${Buffer.from(`user:${password}`).toString('base64')}` }, retry };
    const given = `wbhsec_${randomBytes(24).toString('base64url')}`;
    canaries['given signing secret'] = given;
    const persona = await tenant.subscribe(receiver, { profile: 'persona', signing: { secret: given }, ...oauth });
    const standard = await tenant.subscribe(receiver, { profile: 'standard', signing: { keyType: 'ed25519' }, ...oauth });
    const plain = await tenant.subscribe(receiver, { profile: 'webhookie', retry });
    canaries['Ed25519 key'] = standard.secret.replace('whsk_', '');
    canaries['generated signing secret'] = plain.secret;
    const rotated = await api.post<{ secret: string }>(`/v1/callbacks/${persona.callback}/rotate-secret`, { expiresInSeconds: 3_600 });
    canaries['rotated signing secret'] = rotated.secret;

    // Delivered; echoed and retried; refused with 401, renewed and refused again.
    await tenant.publish([{ payload: '{"n":1}' }]);
    await attempts(tenant, 3);
    receiver.answer(echo);
    await tenant.publish([{ payload: '{"n":2}' }]);
    await attempts(tenant, 12);
    await api.post(`/v1/callbacks/${persona.callback}/test`);
    receiver.answer(packedEcho);
    for (let n = 0; n < 4; n++) await tenant.publish([{ payload: `{"packed":${n}}` }]);
    // The subscription with webhookie is blocked by now.
    await attempts(tenant, 12 + 4 * 6);
    await api.post(`/v1/callbacks/${persona.callback}/test`);
    receiver.answer((request, nth) => ({ ...(echo(request, nth) as object), status: 401 }));
    await tenant.publish([{ payload: '{"n":3}' }]);
    await attempts(tenant, 39);
    await api.post(`/v1/callbacks/${standard.callback}/test`);
    receiver.answer(always({ status: 204 }));

    // Authorization servers that echo the request, or have the token in a place where it is not read.
    const handedOut = `tok-${randomUUID()}`;
    canaries['token that is told again'] = handedOut;
    const misbehaviours: Misbehaviour[] = [
      { status: 400, body: JSON.stringify({ error: 'invalid_client', error_description: `${client.clientId} ${client.clientSecret} ${credentialHeader}` }) },
      { status: 401, body: JSON.stringify({ error: client.clientSecret }), headers: { 'www-authenticate': `Basic realm="${encodeURIComponent(client.clientSecret)}"` } },
      { status: 500, body: `<pre>${client.clientSecret}</pre>` },
      { status: 200, body: JSON.stringify({ access_token: `bad ${client.clientSecret}`, token_type: 'bearer' }) },
      { status: 400, body: JSON.stringify({ error: Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64').replace(/=+$/, '') }) },
      { status: 400, body: JSON.stringify({ error: 'odd', error_description: encodeURIComponent(credentialHeader).toLowerCase() }) },
      { status: 200, body: JSON.stringify({ access_token: handedOut, token_type: 'bearer', expires_in: 3_600, scope: `read ${handedOut}` }) },
      { status: 200, body: JSON.stringify({ access_token: handedOut, error: handedOut, error_description: `we gave ${handedOut}` }) },
      { status: 302, headers: { location: `/?secret=${encodeURIComponent(client.clientSecret)}` } },
    ];
    for (const misbehaviour of misbehaviours) {
      server.misbehave(misbehaviour);
      await api.post(`/v1/credentials/${credential}/test`);
    }
    await api.patch(`/v1/credentials/${credential}`, { scope: 'webhooks:write' });
    await tenant.inForce();
    await tenant.publish([{ payload: '{"n":4}' }]);
    await attempts(tenant, 42);
    server.misbehave(null);
    await api.post(`/v1/credentials/${credential}/test`);

    // A key that Nuncio generates, and an assertion signed with it, which the server does not understand.
    const assertion = await tenant.credential(server, client, { name: 'signs', authMethod: 'private_key_jwt' });
    await api.post(`/v1/credentials/${assertion}/test`);

    // Requests with secrets that are refused.
    const bad = { tenant: tenant.id, name: 'x', tokenUrl: server.tokenUrl, clientId: client.clientId, clientSecret: client.clientSecret };
    for (const body of [
      JSON.stringify(bad).slice(0, -1),
      JSON.stringify(bad).replace('"clientSecret":', '"clientSecret":,'),
      { ...bad, authMethod: client.clientSecret },
      { ...bad, headers: { Authorization: credentialHeader, 'bad header': credentialHeader, 'X-Ok': `${credentialHeader}\r\n` } },
      { ...bad, clientSecret: [client.clientSecret], scope: { secret: client.clientSecret } },
      { ...bad, tokenUrl: `https://user:${encodeURIComponent(client.clientSecret)}@example.com/token` },
    ])
      expect((await api.call('POST', '/v1/credentials', body)).status).toBeGreaterThanOrEqual(400);
    for (const settings of [{ signing: { secret: [given] } }, { signing: { scheme: 'webhookie', keyId: given, secret: 'x' } }, { profile: given }, { secretHeaders: { Host: callbackHeader } }, { url: `https://u:${given}@h.example.com/` }])
      expect((await api.call('POST', '/v1/callbacks', { tenant: tenant.id, name: 'x', url: receiver.url, ...settings })).status).toBeGreaterThanOrEqual(400);
    const stranger = new RecordingApi(api.url, `${key.key}x`);
    expect((await stranger.call('GET', '/v1/callbacks')).status).toBe(401);
    const again = { tenant: tenant.id, name: randomUUID(), url: receiver.url, profile: 'persona', signing: { secret: given } };
    for (let i = 0; i < 2; i++) await api.call('POST', '/v1/callbacks', again, { 'idempotency-key': 'once' });

    // Reads everything that can be read.
    await api.call('DELETE', `/v1/api-keys/${key.id}`);
    const now = new Date().toISOString();
    for (const path of ['credentials', 'callbacks', 'subscriptions', 'api-keys', 'tenants', 'event-types', 'audit', 'attempts', 'deliveries', 'events', 'operations']) await api.all(`/v1/${path}`);
    for (const path of [`credentials/${credential}`, `credentials/${assertion}`, `callbacks/${persona.callback}`, `callbacks/${standard.callback}`])
      for (const query of ['', `?at=${now}`, '?version=1']) await api.get(`/v1/${path}${query}`);
    const deliveries = await tenant.deliveries();
    for (const { id, event } of deliveries) await Promise.all([api.get(`/v1/deliveries/${id}`), api.get(`/v1/events/${event}`), api.text(`/v1/events/${event}/payload`)]);
    for (const path of ['attempts', 'deliveries', 'audit']) for (const format of ['csv', 'ndjson']) await api.text(`/v1/${path}?format=${format}`);
    await api.call('POST', `/v1/deliveries/${deliveries[0]!.id}/resend`);
    await api.call('POST', `/v1/callbacks/${persona.callback}/recover`, { since: '2020-01-01T00:00:00Z', dryRun: true });
    for (const path of ['openapi.json', 'metrics', '../metrics', '../health/ready']) await api.text(`/v1/${path}`);
    await api.text(`/v1/credentials/${assertion}/jwks.json`);

    const bearers = receiver.requests.flatMap(({ headers }) => /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? []);
    expect(new Set(bearers).size).toBeGreaterThanOrEqual(2);
    for (const [i, token] of [...new Set(bearers)].entries()) canaries[`access token ${i}`] = token;
    const keys = parseEnv(await readFile(join(fleet.dir, 'keys'), 'utf8')) as Record<string, string>;
    const states = (await fleet.cluster.read('config.state')).map(({ value }) => JSON.parse(value?.toString() ?? 'null') as { id: string; state: { clientKey: { privateJwk: string } | null } | null });
    const sealed = states.find(({ id }) => id === assertion)!.state!.clientKey!.privateJwk;
    canaries['private key'] = (JSON.parse(opened(keys.CLIENT_KEYS!, sealed, [tenant.id, 'credential', assertion, 'clientKey'])) as { d: string }).d;
  });

  it('in a topic, a table, Redis, a log, a metric or an answer, in any encoding', async () => {
    expect(Object.keys(canaries).length).toBeGreaterThanOrEqual(16);
    const places = [...(await everything(whereabouts)), { name: 'answers', content: Buffer.from(api.answers.join('\n')) }];
    // The search covers places where there is something to find.
    const seen = new Set(places.filter(({ content }) => content.length > 100).map(({ name }) => name));
    for (const name of ['topic attempts', 'topic config.state', 'topic config.log', 'table log.attempts', 'table config.events', 'Redis', 'log dispatcher.log', 'log token-service.log', 'answers']) expect(seen).toContain(name);
    expect(search(places, canaries)).toEqual([]);
  });

  it('although a planted secret is found in every encoding in every kind of place', async () => {
    const secret = canary('planted');
    const texts = Object.values(spellings).flatMap((spell) => spell(Buffer.from(secret)).map((text) => Buffer.from(text, 'latin1')));
    const [client, redis] = [new Client(whereabouts.databaseUrl), new Redis(whereabouts.redisUrl)];
    await client.connect();
    await client.query('create table public.leak (text text, bytes bytea)');
    // The reversed bytes are not UTF-8, so PostgreSQL can have them only as bytes, which are printed in hex.
    for (const text of texts) if (Buffer.from(text.toString()).equals(text)) await client.query('insert into public.leak values ($1, null)', [text.toString()]);
    await client.query('insert into public.leak values (null, $1)', [Buffer.from(secret)]);
    await redis.set(`${fleet.services.topicPrefix}:leak`, Buffer.concat(texts));
    await appendFile(join(fleet.dir, 'logs', 'gateway.log'), Buffer.concat(texts));
    await fleet.cluster.send('quarantine', [{ key: 'leak', value: Buffer.concat(texts.map((text) => Buffer.concat([Buffer.from('…'), text]))), headers: { leak: texts[0]! } }]);
    await Promise.all([client.end(), redis.quit()]);

    const leaks = search(await everything(whereabouts), { planted: secret });
    for (const place of ['topic quarantine', 'Redis', 'log gateway.log']) expect(leaks.filter((leak) => leak.place === place).map(({ spelling }) => spelling)).toEqual(Object.keys(spellings));
    expect(leaks.filter(({ place }) => place === 'table public.leak').map(({ spelling }) => spelling)).toEqual(expect.arrayContaining(['raw', 'hex', 'URL-escaped', 'HTML-escaped']));
  });
});
