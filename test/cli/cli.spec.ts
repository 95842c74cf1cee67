import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { always, AuthorizationServer, Receiver, standardWebhooksFault, type Received } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';
import { Nuncio, type Ended } from './nuncio.js';

const client = { clientId: 'ledger', clientSecret: 'a secret of a ledger', authMethod: 'client_secret_post' } as const;

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
    expect(list.out).toMatch(/^ID +STATUS +EVENTTYPE/);
    expect(list.out).toContain(`${delivery?.id ?? ''}  delivered`);
    const page = await run(['deliveries', 'show', delivery?.id ?? '']);
    for (const text of [delivery?.id ?? '', 'What happened', 'published', 'Attempt 1', `POST ${receiver.url}`, '→ 204']) expect(page.out).toContain(text);
    expect(await json('attempts', '--tenant', tenant.id)).toMatchObject([{ outcome: 'delivered' }]);
    expect(await json('events', 'show', delivery?.event ?? '')).toMatchObject({ ceId: 'one' });
    expect((await run(['events', 'payload', delivery?.event ?? ''])).out).toBe('{ "total": 1.0 }');
    for (const kind of ['tenants', 'callbacks', 'subscriptions', 'credentials', 'operations']) expect((await run([kind, '--limit', '1'])).status).toBe(0);
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
    }, 30_000);
    killed.child.kill('SIGKILL');
    await once(killed.child, 'close');
    const [left] = await callbacks();

    const { child, said } = start(args);
    const server = await Receiver.start(always({ status: 202, headers: { 'x-said-by': 'laptop' }, body: 'taken' }), port);
    try {
      await eventually(async () => {
        expect(await fleet.api.all('/v1/subscriptions', { tenant: own.id })).toMatchObject([{ state: 'activated' }]);
      }, 30_000);
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
      }, 30_000);
      const { secret } = await fleet.api.post<{ secret: string }>(`/v1/callbacks/${callback?.id ?? ''}/rotate-secret`, {});
      await own.inForce();
      await own.publish([{ payload: body }]);
      await eventually(() => {
        expect(server.requests).toHaveLength(2);
      }, 30_000);
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
      }, 30_000);
      expect(said.out).toMatch(/"status":202/);
    } finally {
      child.kill('SIGINT');
      await once(child, 'close');
      await server.close();
    }
    expect({ status: child.exitCode, err: said.err.replace(/^The server on this machine has not taken the sample.*\n/, '') }).toEqual({ status: 0, err: '' });
    expect(await callbacks()).toEqual([]);
  }, 120_000);

  it('follows attempts as they happen, prints their payloads, and ends at Ctrl-C with 0', async () => {
    const laptop = await Receiver.start();
    const { child, said } = start(['tail', '--tenant', tenant.id, '--forward', laptop.url]);
    try {
      await eventually(async () => {
        await run(['publish', '--type', tenant.eventType, '--tenant', tenant.id, '--data', '{"n":1}']);
        expect(said.out).toMatch(/delivered {2}204 {2}#1/);
        expect(laptop.requests.map(({ body }) => body.toString())).toContain('{"n":1}');
      }, 30_000);
    } finally {
      child.kill('SIGINT');
      await once(child, 'close');
      await laptop.close();
    }
    expect(child.exitCode).toBe(0);
  });

  it('keeps a profile readable only by its owner, and reads no other', async () => {
    const nothing = {};
    expect(await run(['deliveries'], nothing)).toMatchObject({ status: 2, err: 'There is no profile: run `nuncio login`, or set NUNCIO_URL and NUNCIO_API_KEY.\n' });
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
      [['deliveries', 'show', 'dlv_none'], 1, /^GET \/v1\/deliveries\/dlv_none: 404 not-found\. /],
      [['publish', '--type', 'no.such.type', '--tenant', tenant.id, '--data', '{}'], 1, /422/],
      [['deliveries', '--where', 'colour=red'], 2, /There is no filter "colour" here\. Filters: .*errorClass/],
      [['deliveries', '--since', 'yesterday'], 2, /"yesterday" is no time/],
      [['delete-everything'], 2, /unknown command/],
      [['deliveries'], 1, /401 unauthenticated/, { NUNCIO_URL: fleet.api.url, NUNCIO_API_KEY: 'wrong' }],
      [['deliveries'], 3, /cannot be reached: ECONNREFUSED/, { NUNCIO_URL: `http://127.0.0.1:${gone.port}`, NUNCIO_API_KEY: 'x' }],
    ];
    for (const [args, status, said, env] of kinds) expect({ args, ...(await run(args, env)) }).toMatchObject({ args, status, out: '', err: expect.stringMatching(said) });
  });

  it('completes commands and options', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) expect((await run(['completion', shell])).out).toContain('operations');
    const { out } = await run(['completion', 'bash']);
    const asked = spawn('bash', ['-c', `${out}\nCOMP_WORDS=(nuncio operations w); COMP_CWORD=2; _nuncio; echo "\${COMPREPLY[@]}"`]);
    let completed = '';
    asked.stdout.on('data', (chunk: Buffer) => (completed += chunk.toString()));
    await once(asked, 'close');
    expect(completed).toBe('watch\n');
  });

  describe('doctor', () => {
    let server: AuthorizationServer;
    beforeAll(async () => {
      server = await AuthorizationServer.start({ clients: [client] });
    });
    afterAll(() => server.down());

    it('checks an installation', async () => {
      const { status, out } = await run(['doctor']);
      expect({ status, out }).toEqual({ status: 0, out: expect.stringMatching(/ok {4}gateway.*\nok {4}clock.*\nok {4}configuration: answers\nok {4}log: answers/) });
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
    });
  });
});
