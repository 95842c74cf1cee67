import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuthorizationServer, Receiver } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

const NUNCIO = fileURLToPath(new URL('../../apps/cli/bin/nuncio.mjs', import.meta.url));
const client = { clientId: 'ledger', clientSecret: 'a secret of a ledger', authMethod: 'client_secret_post' } as const;

interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

describe('nuncio, the command', () => {
  const fleet = sharedFleet();
  let dir: string;
  let receiver: Receiver;
  let tenant: Tenant;
  let callback: string;
  let subscription: string;

  /** In a folder and a home of its own, so that it finds no profile but its own. */
  const start = (args: readonly string[], env: Record<string, string> = { NUNCIO_URL: fleet.api.url, NUNCIO_API_KEY: fleet.api.key }, input = '') => {
    const child = spawn(process.execPath, [NUNCIO, ...args], { cwd: dir, env: { PATH: process.env.PATH, HOME: dir, XDG_CONFIG_HOME: dir, ...env }, stdio: 'pipe' });
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
    child.stdin.end(input);
    return { child, said };
  };
  const run = async (args: readonly string[], env?: Record<string, string>, input?: string): Promise<Ended> => {
    const { child, said } = start(args, env, input);
    await once(child, 'close');
    return { status: child.exitCode, ...said };
  };
  const json = async <T>(...args: string[]): Promise<T> => {
    const { status, out, err } = await run([...args, '--json']);
    expect({ args, status, err }).toEqual({ args, status: 0, err: '' });
    return JSON.parse(out) as T;
  };
  const deliveries = () => json<{ id: string; status: string; event: string }[]>('deliveries', '--tenant', tenant.id);

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'nuncio-cli-'));
    receiver = await Receiver.start();
    tenant = await Tenant.create(fleet);
    ({ callback, subscription } = await tenant.subscribe(receiver, {}));
  });
  afterAll(async () => {
    await Promise.all([receiver.close(), fleet.cluster.close()]);
    await rm(dir, { recursive: true });
  });

  it('publishes, and shows what came of it: as a table, as JSON, as a page', async () => {
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

  it('sends again: one, and a selection that is looked at first and followed to its end', async () => {
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
    expect(watched.out).toMatch(/\[#+\] 1 of 1, done/);
    await eventually(() => {
      expect(receiver.requests).toHaveLength(2);
    });
  });

  it('follows attempts as they happen, hands their payloads on, and ends at Ctrl-C with 0', async () => {
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

  it('keeps a profile for its owner alone, and reads no other', async () => {
    const nothing = {};
    expect(await run(['deliveries'], nothing)).toMatchObject({ status: 2, err: 'No installation is known: run `nuncio login`, or set NUNCIO_URL and NUNCIO_API_KEY.\n' });
    expect(await run(['login', '--url', fleet.api.url, '--profile', 'here'], nothing, `${fleet.api.key}\n`)).toMatchObject({ status: 0 });
    const file = join(dir, 'nuncio/profiles.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await run(['deliveries', '--profile', 'here'], nothing)).toMatchObject({ status: 0 });
    expect(await run(['deliveries', '--profile', 'there'], nothing)).toMatchObject({ status: 2, err: expect.stringContaining('only here') });
    await chmod(file, 0o644);
    expect(await run(['deliveries', '--profile', 'here'], nothing)).toMatchObject({ status: 2, err: expect.stringContaining('chmod 600') });
  });

  it('says in one sentence what is wrong, and by its status of what kind that is', async () => {
    const kinds: [args: string[], status: number, said: RegExp, env?: Record<string, string>][] = [
      [['deliveries', 'show', 'dlv_none'], 1, /^GET \/v1\/deliveries\/dlv_none: 404 not-found\. /],
      [['publish', '--type', 'no.such.type', '--tenant', tenant.id, '--data', '{}'], 1, /422/],
      [['deliveries', '--where', 'colour=red'], 2, /There is no filter "colour" here\. There are: .*errorClass/],
      [['deliveries', '--since', 'yesterday'], 2, /"yesterday" is no time/],
      [['delete-everything'], 2, /unknown command/],
      [['deliveries'], 1, /401 unauthenticated/, { NUNCIO_URL: fleet.api.url, NUNCIO_API_KEY: 'wrong' }],
      [['deliveries'], 3, /cannot be reached: ECONNREFUSED/, { NUNCIO_URL: 'http://127.0.0.1:1', NUNCIO_API_KEY: 'x' }],
    ];
    for (const [args, status, said, env] of kinds) expect({ args, ...(await run(args, env)) }).toMatchObject({ args, status, out: '', err: expect.stringMatching(said) });
  });

  it('completes what there is to type', async () => {
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

    it('looks at an installation', async () => {
      const { status, out } = await run(['doctor']);
      expect({ status, out }).toEqual({ status: 0, out: expect.stringMatching(/ok {4}gateway.*\nok {4}clock.*\nok {4}configuration: answers\nok {4}log: answers/) });
    });

    it('finds out which method an authorization server takes, and shows no secret and no token', async () => {
      const { status, out, err } = await run(['doctor', 'oauth', '--token-url', server.tokenUrl, '--client-id', client.clientId, '--endpoint', receiver.url], { CLIENT_SECRET: client.clientSecret });
      expect({ status, err }).toEqual({ status: 0, err: '' });
      expect(out).toMatch(/client_secret_basic: not taken/);
      expect(out).toMatch(/client_secret_post: 200, a bearer token/);
      expect(out).toMatch(/endpoint: 204: it takes the token/);
      expect(out).not.toContain(client.clientSecret);
      expect(out).not.toContain(receiver.requests.at(-1)?.headers.authorization?.slice('Bearer '.length));
      const wrong = await run(['doctor', 'oauth', '--token-url', server.tokenUrl, '--client-id', client.clientId], { CLIENT_SECRET: 'wrong' });
      expect(wrong).toMatchObject({ status: 1, out: expect.stringMatching(/MEND {2}client_secret_post: 40[01] invalid_client/) });
    });

    it('asks the installation about a credential of its own', async () => {
      expect(await run(['doctor', 'oauth', await tenant.credential(server, client)])).toMatchObject({ status: 0, out: expect.stringContaining('ok    token') });
      const wrong = await tenant.credential(server, { ...client, clientSecret: 'another' }, { name: 'wrong' });
      expect(await run(['doctor', 'oauth', wrong])).toMatchObject({ status: 1, out: expect.stringMatching(/MEND {2}token: .*client id and secret/) });
    });
  });
});
