import { once } from 'node:events';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { always, AuthorizationServer, Receiver, standardWebhooksFault, type Received } from '@nuncio/fixtures';
import { certificate } from '../fleet/certificate.js';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';
import { client, configure, move, recover } from './every-resource.js';
import { Nuncio, type Ended } from './nuncio.js';

describe('nuncio, the command', () => {
  const fleet = sharedFleet();
  let dir: string;
  let receiver: Receiver;
  let tenant: Tenant;
  let callback: string;
  let subscription: string;

  let nuncio: Nuncio;

  const start = (args: readonly string[]) => nuncio.start(args);
  const run = (args: readonly string[], env?: Record<string, string>, input?: string): Promise<Ended> => nuncio.run(args, env, input);
  const json = async <T>(...args: string[]): Promise<T> => {
    const { status, out, err } = await run([...args, '--json']);
    expect({ args, status, err }).toEqual({ args, status: 0, err: '' });
    return JSON.parse(out) as T;
  };
  const deliveries = () => json<{ id: string; status: string; event: string }[]>('deliveries', '--tenant', tenant.id);

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'nuncio-cli-'));
    nuncio = new Nuncio(dir, { NUNCIO_URL: fleet.api.url, NUNCIO_API_KEY: fleet.api.key });
    receiver = await Receiver.start();
    tenant = await Tenant.create(fleet);
    ({ callback, subscription } = await tenant.subscribe(receiver, {}));
  });
  afterAll(async () => {
    await Promise.all([receiver.close(), fleet.cluster.close()]);
    await rm(dir, { recursive: true });
  });

  it('publishes, and shows the result as a table, as JSON, as a page', async () => {
    expect((await run(['publish', '--type', tenant.eventType, '--tenant', tenant.id, '--id', 'one', '--data', '-'], undefined, '{ "total": 1.0 }')).out).toBe(`published ${tenant.eventType} one\n`);
    await eventually(async () => {
      expect(await deliveries()).toMatchObject([{ status: 'delivered' }]);
    });
    expect(receiver.requests.map(({ body }) => body.toString())).toEqual(['{ "total": 1.0 }']);
    const [delivery] = await deliveries();
    const list = await run(['deliveries', 'list', '--where', 'status=delivered', '--tenant', tenant.id, '--since', '1h']);
    expect(list.out).toMatch(/^ID +STATUS +EVENT TYPE/);
    expect(list.out).toContain(`${delivery?.id ?? ''}  delivered`);
    const page = await run(['deliveries', 'show', delivery?.id ?? '']);
    for (const text of [delivery?.id ?? '', 'What happened', 'published', 'Attempt 1', `POST ${receiver.url}`, '→ 204']) expect(page.out).toContain(text);
    expect(await json('attempts', '--tenant', tenant.id)).toMatchObject([{ outcome: 'delivered' }]);
    expect(await json('events', 'show', delivery?.event ?? '')).toMatchObject({ ceId: 'one' });
    expect((await run(['events', 'payload', delivery?.event ?? ''])).out).toBe('{ "total": 1.0 }');
  });

  it('sends again one delivery, and a selection that is previewed first and followed to its end', async () => {
    const [delivery] = await deliveries();
    receiver.requests.length = 0;
    expect((await run(['resend', delivery?.id ?? ''])).status).toBe(0);
    await eventually(() => {
      expect(receiver.requests).toHaveLength(1);
    });
    expect((await run(['send-now', delivery?.id ?? ''])).err).toMatch(/409/);
    expect(await json('replay', '--tenant', tenant.id, '--dry-run')).toMatchObject({ count: 1 });
    expect(await json('recover', callback, '--since', '1h', '--dry-run')).toMatchObject({ count: 0 });
    const watched = await run(['replay', '--to', subscription, '--where', `tenant=${tenant.id}`, '--watch']);
    expect(watched).toMatchObject({ status: 0, err: '' });
    expect(watched.out).toMatch(/\[#+\] 1 of 1, done; so far 1 (delivered|pending|open)/);
    await eventually(() => {
      expect(receiver.requests).toHaveLength(2);
    });
  });

  it('forwards deliveries to a server on this machine, also signed after a rotation, returns its answers, and leaves nothing behind', async () => {
    const own = await Tenant.create(fleet);
    const laptop = await Receiver.start();
    const port = laptop.port;
    await laptop.close();
    const callbacks = async (): Promise<{ id: string; name: string }[]> => (await fleet.api.all<{ id: string; name: string }>('/v1/callbacks', { tenant: own.id })).filter(({ name }) => name.startsWith('nuncio listen'));
    const args = ['listen', '--tenant', own.id, '--forward', `http://127.0.0.1:${port}/hooks?from=nuncio`, '--json'];
    // A command that is killed leaves its callback behind.
    const killed = start(args);
    await eventually(() => {
      expect(killed.said.err).toContain('has not taken the sample');
    });
    killed.child.kill('SIGKILL');
    await once(killed.child, 'close');
    const [left] = await callbacks();

    const { child, said } = start(args);
    const server = await Receiver.start(always({ status: 202, headers: { 'x-said-by': 'laptop' }, body: 'taken' }), port);
    try {
      await eventually(async () => {
        expect(await fleet.api.all('/v1/subscriptions', { tenant: own.id })).toMatchObject([{ state: 'activated' }]);
      });
      const [callback, ...others] = await callbacks();
      expect(others).toEqual([]);
      expect(callback?.id).not.toBe(left?.id);
      const { signingSecret, url } = JSON.parse(said.out.split('\n')[0] ?? '') as { signingSecret: string; url: string };
      server.requests.length = 0;
      const body = '{ "total": 1.0, "name": "Zoë" }';
      await own.inForce();
      await own.publish([{ payload: body }]);
      await eventually(() => {
        expect(server.requests).toHaveLength(1);
      });
      const { secret } = await fleet.api.post<{ secret: string }>(`/v1/callbacks/${callback?.id ?? ''}/rotate-secret`, {});
      await own.inForce();
      await own.publish([{ payload: body }]);
      await eventually(() => {
        expect(server.requests).toHaveLength(2);
      });
      const [first, second] = server.requests as [Received, Received];
      expect([first, second].map(({ method, path, body: bytes }) => [method, path, bytes.toString()])).toEqual(Array(2).fill(['POST', '/hooks?from=nuncio', body]));
      expect([signingSecret, secret].map((key) => standardWebhooksFault(first, key) === null)).toEqual([true, false]);
      expect([signingSecret, secret].map((key) => standardWebhooksFault(second, key) === null)).toEqual([true, true]);
      await eventually(async () => {
        const attempts = await own.attempts();
        expect(attempts).toHaveLength(2);
        for (const attempt of attempts) expect(attempt).toMatchObject({ outcome: 'delivered', request: { url }, response: { status: 202, body: 'taken', headers: { 'x-said-by': 'laptop' } } });
        // The log has the request that reached the laptop, except for the address and the headers of one connection.
        const sent = Object.keys(attempts[0]?.request?.headers ?? {}).map((name) => name.toLowerCase());
        expect(sent.filter((name) => second.headers[name] === undefined)).toEqual([]);
      });
      expect(said.out).toMatch(/"status":202/);
    } finally {
      child.kill('SIGINT');
      await once(child, 'close');
      await server.close();
    }
    expect({ status: child.exitCode, err: said.err.replace(/^The server on this machine has not taken the sample.*\n/, '') }).toEqual({ status: 0, err: '' });
    expect(await callbacks()).toEqual([]);
  });

  it('follows attempts as they happen, prints their payloads, and ends at Ctrl-C with 0', async () => {
    const laptop = await Receiver.start();
    const { child, said } = start(['tail', '--tenant', tenant.id, '--forward', laptop.url]);
    try {
      await eventually(async () => {
        await run(['publish', '--type', tenant.eventType, '--tenant', tenant.id, '--data', '{"n":1}']);
        expect(said.out).toMatch(/delivered {2}204 {2}#1/);
        expect(laptop.requests.map(({ body }) => body.toString())).toContain('{"n":1}');
      });
    } finally {
      child.kill('SIGINT');
      await once(child, 'close');
      await laptop.close();
    }
    expect(child.exitCode).toBe(0);
  });

  it('keeps a profile readable only by its owner, and reads no other', async () => {
    const nothing = {};
    expect(await run(['deliveries'], nothing)).toMatchObject({ status: 2, err: 'There is no profile: run `nuncio login --url <url>`, or set NUNCIO_URL and NUNCIO_API_KEY.\n' });
    expect(await run(['login', '--url', 'nuncio'], nothing, 'key\n')).toMatchObject({ status: 2, err: expect.stringMatching(/^"nuncio" is not the address of an installation/) });
    expect(await run(['login', '--url', fleet.api.url, '--profile', 'here'], nothing, `${fleet.api.key}\n`)).toMatchObject({ status: 0 });
    const file = join(dir, 'nuncio/profiles.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await run(['deliveries', '--profile', 'here'], nothing)).toMatchObject({ status: 0 });
    expect(await run(['deliveries', '--profile', 'there'], nothing)).toMatchObject({ status: 2, err: expect.stringContaining('only here') });
    await chmod(file, 0o644);
    expect(await run(['deliveries', '--profile', 'here'], nothing)).toMatchObject({ status: 2, err: expect.stringContaining('chmod 600') });
  });

  it('says in one sentence what is wrong, and of what kind by its status', async () => {
    const gone = await Receiver.start();
    await gone.close();
    const kinds: [args: string[], status: number, said: RegExp, env?: Record<string, string>][] = [
      [['recover', callback, '--since', '1h', '--per-second', 'fast'], 2, /^--per-second takes a number above 0, not "fast"/],
      [['deliveries'], 3, /cannot be reached: bad port/, { NUNCIO_URL: 'http://127.0.0.1:1', NUNCIO_API_KEY: 'x' }],
      [['deliveries', 'show', 'dlv_none'], 1, /^GET \/v1\/deliveries\/dlv_none: 404 not-found\. /],
      [['publish', '--type', 'no.such.type', '--tenant', tenant.id, '--data', '{}'], 1, /422/],
      [['deliveries', '--where', 'colour=red'], 2, /There is no filter "colour" here\. Filters: .*errorClass/],
      [['deliveries', '--since', 'yesterday'], 2, /"yesterday" is no time/, { NUNCIO_URL: `http://127.0.0.1:${gone.port}`, NUNCIO_API_KEY: 'x' }],
      [['deliveries', '--limit', 'all'], 2, /^--limit takes a number of rows, not "all"/, { NUNCIO_URL: `http://127.0.0.1:${gone.port}`, NUNCIO_API_KEY: 'x' }],
      [['delete-everything'], 2, /unknown command 'delete-everything'\n\(--help/],
      [['callbacks', 'tset', 'cb_1'], 2, /^error: unknown command 'tset': callbacks has list, show, test, .*disable$/m],
      [['callbacks', 'create', '--url', 'https://hooks.acme.com'], 2, /^error: unknown command 'create': callbacks has list, .*\. `nuncio apply` creates, changes and deletes resources$/m],
      [['deliveries', 'show'], 2, /missing required argument 'delivery'\n\(--help/],
      [['deliveries'], 1, /401 unauthenticated/, { NUNCIO_URL: fleet.api.url, NUNCIO_API_KEY: 'wrong' }],
      [['deliveries'], 3, /cannot be reached: ECONNREFUSED/, { NUNCIO_URL: `http://127.0.0.1:${gone.port}`, NUNCIO_API_KEY: 'x' }],
    ];
    for (const [args, status, said, env] of kinds) expect({ args, ...(await run(args, env)) }).toMatchObject({ args, status, out: '', err: expect.stringMatching(said) });
  });

  it('ends with status 1 when a sample is not taken, and says why and what to do', async () => {
    const { id } = await fleet.api.post<{ id: string }>('/v1/callbacks', { tenant: tenant.id, externalId: 'nobody', name: 'nobody', url: 'http://127.0.0.1:9/' });
    const draft = await fleet.api.post<{ id: string }>('/v1/subscriptions', { tenant: tenant.id, callback: id, eventTypes: [tenant.eventType] });
    const why = /the sample was not taken: the connection was refused\. .*Check that the endpoint is up/;
    expect(await run(['callbacks', 'test', 'ext:nobody', '--tenant', tenant.id])).toMatchObject({ status: 1, out: expect.stringMatching(why) });
    expect(await run(['subscriptions', 'verify', draft.id])).toMatchObject({ status: 1, out: expect.stringMatching(why) });
  });

  it('lists, shows and changes every resource of configuration, and shows a key once', async () => {
    const server = await AuthorizationServer.start({ clients: [client] });
    await configure({ fleet, nuncio, dir }, server);
    await server.down();
  });

  it('makes every move of a subscription, and rotates a signing secret', async () => {
    await move({ fleet, nuncio, dir });
  });

  it('handles what went wrong: retries, operations, dead letters, records in quarantine', async () => {
    await recover({ fleet, nuncio, dir });
  });

  describe('doctor', () => {
    let server: AuthorizationServer;
    beforeAll(async () => {
      server = await AuthorizationServer.start({ clients: [client] });
    });
    afterAll(() => server.down());

    it('checks an installation', async () => {
      await eventually(async () => {
        const { status, out, err } = await run(['doctor']);
        for (const what of ['profile', 'address', 'port', 'gateway', 'clock of the gateway', 'API key: role admin', 'configuration: answers', 'log: answers', 'clock of Kafka']) expect(out).toContain(`ok    ${what}`);
        for (const service of ['attempt-log', 'config-service', 'dispatcher', 'gateway', 'token-service']) expect(out).toMatch(new RegExp(`^ok {4}${service} \\S+: ready, version \\d`, 'm'));
        for (const group of ['dispatcher on events', 'delay on delay.1h', 'token-service on token.requests', 'attempt-log on attempts']) expect(out).toMatch(new RegExp(`^ok {4}lag of ${group}: \\d+ records, \\d+ s$`, 'm'));
        // Other tests put records into quarantine, and those alone may be a fault here.
        expect({ status, err, faults: out.split('\n').filter((one) => one.startsWith('FAIL') && !one.startsWith('FAIL  quarantine')) }).toMatchObject({ faults: [] });
      });
      const viewer = await fleet.api.post<{ key: string }>('/v1/api-keys', { name: 'viewer', role: 'viewer', tenant: tenant.id });
      await eventually(async () => {
        const { out } = await run(['doctor'], { NUNCIO_URL: fleet.api.url, NUNCIO_API_KEY: viewer.key });
        expect(out).toMatch(/ok {4}API key: role viewer, tenant t-/);
        expect(out).toMatch(/^- {5}fleet: not checked/m);
      });
    });

    it('says how far it came where there is no gateway, and asks the services all the same', async () => {
      const gone = await Receiver.start();
      await gone.close();
      const at = (url: string) => ({ NUNCIO_URL: url, NUNCIO_API_KEY: 'x' });
      const closed = await run(['doctor', '--service', `http://127.0.0.1:${gone.port}`], at(`http://127.0.0.1:${gone.port}`));
      expect(closed.status).toBe(1);
      expect(closed.out).toMatch(/^ok {4}profile: .*\nok {4}address: 127\.0\.0\.1 is 127\.0\.0\.1\nFAIL {2}port: .*ECONNREFUSED.*start the gateway.*\n- {5}API key.*not checked.*\nFAIL {2}http:.*does not answer/);
      const ill = await Receiver.start();
      ill.answer(always({ status: 503, body: JSON.stringify({ missing: ['Redis stores no tokens: Command timed out'] }) }));
      const illness = await run(['doctor', '--service', `http://127.0.0.1:${ill.port}`], at(`http://127.0.0.1:${gone.port}`));
      await ill.close();
      expect(illness.out).toMatch(/FAIL .*it is not ready: Redis stores no tokens: Command timed out \(docs\/runbooks\/redis-away\.md\)/);
      expect((await run(['doctor'], at('http://nobody.invalid'))).out).toMatch(/FAIL {2}address: nobody\.invalid has no address \(\w+\): correct the URL/);
      expect((await run(['doctor'], at(receiver.url.replace(/\/\w*$/, '')))).out).toMatch(/FAIL {2}gateway: .*not as a gateway of Nuncio does/);
      expect((await run(['doctor'], { ...at(fleet.api.url) })).out).toMatch(/ok {4}gateway[^]*FAIL {2}API key: .*401/);
      const own = certificate();
      const file = join(dir, 'authority.pem');
      await writeFile(file, own.cert);
      const secure = createServer(own).listen(0, '127.0.0.1');
      await once(secure, 'listening');
      const overTls = at(`https://127.0.0.1:${(secure.address() as AddressInfo).port}`);
      expect((await run(['doctor'], overTls)).out).toMatch(/FAIL {2}certificate: nuncio test is not trusted \(\w+\): name the PEM file of its authority in NODE_EXTRA_CA_CERTS/);
      expect((await run(['doctor'], { ...overTls, NODE_EXTRA_CA_CERTS: file })).out).toMatch(/FAIL {2}certificate: nuncio test ends in 1 days: renew it/);
      secure.close();
    });

    it('finds out which method an authorization server accepts, and shows no secret and no token', async () => {
      const asked = ['doctor', 'oauth', '--client-id', client.clientId, '--token-url'];
      const secret = { CLIENT_SECRET: client.clientSecret };
      const claims = Buffer.from(JSON.stringify({ iss: 'https://id.acme.com', aud: 'hooks', exp: 4_000_000_000 })).toString('base64url');
      const token = `e30.${claims}.c2ln`;
      const strict = await Receiver.start();
      strict.answer(({ path, body }) => {
        if (path.startsWith('/hooks')) return { status: 401, headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="hooks.write"' } };
        return body.includes('client_secret=') ? { status: 200, body: JSON.stringify({ access_token: token, token_type: 'bearer', expires_in: 60 }) } : { status: 401, body: '{"error":"invalid_client"}' };
      });
      const url = `http://127.0.0.1:${strict.port}`;
      const { status, out } = await run([...asked, `${url}/token`, '--endpoint', `${url}/hooks`], secret);
      await strict.close();
      expect(status).toBe(1);
      expect(out).toMatch(/ok {4}client_secret_basic: not accepted \(401 invalid_client/);
      expect(out).toMatch(/ok {4}client_secret_post: 200, a bearer token for 60 s/);
      expect(out).toMatch(/ok {4}claims: iss https:\/\/id\.acme\.com, aud "hooks"/);
      expect(out).toMatch(/FAIL {2}endpoint: 401, Bearer error="insufficient_scope", scope="hooks\.write": ask for the scope that it names/);
      for (const kept of [client.clientSecret, token]) expect(out).not.toContain(kept);
      expect(await run([...asked, server.tokenUrl, '--endpoint', receiver.url], secret)).toMatchObject({ status: 0, out: expect.stringMatching(/endpoint: 204: it accepts the token/) });
      const wrong = await run([...asked, server.tokenUrl], { CLIENT_SECRET: 'wrong' });
      expect(wrong).toMatchObject({ status: 1, out: expect.stringMatching(/FAIL {2}client_secret_post: 40[01] invalid_client/) });
    });

    it('asks the installation about one of its credentials', async () => {
      expect(await run(['doctor', 'oauth', await tenant.credential(server, client)])).toMatchObject({ status: 0, out: expect.stringContaining('ok    token') });
      const wrong = await tenant.credential(server, { ...client, clientSecret: 'another' }, { name: 'wrong' });
      expect(await run(['doctor', 'oauth', wrong])).toMatchObject({ status: 1, out: expect.stringMatching(/FAIL {2}token: .*client id and secret/) });
      await fleet.api.call('PATCH', `/v1/credentials/${wrong}`, { externalId: 'wrong' });
      expect(await run(['doctor', 'oauth', 'ext:wrong', '--tenant', tenant.id])).toMatchObject({ status: 1, out: expect.stringContaining('FAIL  token') });
    });
  });

  it('has no sub-command that was not run here with success', async () => {
    expect((await run(['completion', 'bash'])).status).toBe(0);
    expect(await nuncio.coverage.missing((path) => nuncio.commands(path))).toEqual([]);
  });
});
