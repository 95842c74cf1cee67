import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { always, Receiver } from '@nuncio/fixtures';
import { stringify } from 'yaml';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Balancer } from './balancer.js';
import { Nuncio } from './nuncio.js';

/** `npm run check:apply` makes a thousand. */
const CALLBACKS = Number(process.env.CALLBACKS ?? 60);
const WITHIN_MS = 30_000;

interface Shown {
  readonly id: string;
  readonly externalId: string | null;
  readonly version: number;
  readonly state?: string;
}
interface Plan {
  readonly create: number;
  readonly change: number;
  readonly prune: number;
  readonly unchanged: number;
  readonly effects: string[];
  readonly resources: { readonly key: string; readonly action: string; readonly file: string; readonly line: number; readonly changes: { readonly pointer: string; readonly before: unknown; readonly after: unknown }[] }[];
}

/** The terminal is made by `script` of util-linux; that of macOS is different. */
const canMakeTerminal = spawnSync('script', ['--version']).status === 0;

describe('nuncio apply', () => {
  const fleet = sharedFleet();
  const unique = Math.random().toString(36).slice(2, 10);
  const tenant = `t-apply-${unique}`;
  const paid = `invoice.paid.${unique}`;
  const salary = `salary.paid.${unique}`;
  const secrets = { LEDGER_ID: 'ledger', LEDGER_SECRET: 'a secret of the ledger', GATE: 'sesame' };
  let dir: string;
  let receiver: Receiver;
  let nuncio: Nuncio;
  let env: Record<string, string>;

  const write = async (file: string, ...documents: object[]): Promise<void> => {
    await mkdir(dirname(join(dir, file)), { recursive: true });
    await writeFile(join(dir, file), documents.map((one) => stringify(one)).join('---\n'));
  };
  const plan = async (...args: string[]): Promise<Plan & { status: number | null }> => {
    const { status, out, err } = await nuncio.run(['apply', '-f', 'conf', '--plan', '--json', ...args], env);
    expect(err).toBe('');
    return { ...(JSON.parse(out) as Plan), status };
  };
  const apply = (...args: string[]) => nuncio.run(['apply', '-f', 'conf', ...args], env);
  const all = (kind: string) => fleet.api.all<Shown>(`/v1/${kind}`, { tenant });
  /** The state of the installation, including versions. */
  const state = async (): Promise<object> => Object.fromEntries(await Promise.all(['applications', 'credentials', 'callbacks', 'subscriptions'].map(async (kind): Promise<[string, string[]]> => [kind, (await all(kind)).map(({ id, version }) => `${id} ${version}`).sort()])));

  const catalogue = () => [
    { kind: 'tenant', id: tenant, name: 'Acme', labels: { tier: 'gold' } },
    { kind: 'event-type', name: paid, description: 'An invoice was paid in full.', schema: { type: 'object' } },
    { kind: 'event-type', name: salary, approval: 'required' },
  ];
  const ledger = (more: object = {}) => ({ kind: 'callback', tenant, externalId: 'ledger', name: 'Ledger', application: 'ext:books', url: receiver.url, secretHeaders: { 'X-Gate': '${env:GATE}' }, profile: 'persona', retry: { delaysSeconds: [5, 10] }, ...more });
  const books = (more: object = {}) => [
    { kind: 'subscription', tenant, externalId: 'invoices', callback: 'ext:ledger', eventTypes: [paid], activate: true, ...more },
    { kind: 'application', tenant, externalId: 'books', name: 'Books' },
    { kind: 'credential', tenant, externalId: 'idp', name: 'Ledger at the IdP', tokenUrl: 'http://127.0.0.1:9/token', clientId: '${env:LEDGER_ID}', clientSecret: '${env:LEDGER_SECRET}', params: { a: '1' } },
    { kind: 'callback', tenant, externalId: 'oauth', name: 'With a token', url: receiver.url, authentication: { type: 'oauth2', credential: 'ext:idp' } },
  ];

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'nuncio-apply-'));
    receiver = await Receiver.start();
    env = { NUNCIO_URL: fleet.api.url, NUNCIO_API_KEY: fleet.api.key, ...secrets };
    nuncio = new Nuncio(dir, env);
  });
  afterAll(async () => {
    await Promise.all([receiver.close(), fleet.cluster.close()]);
    await rm(dir, { recursive: true });
  });

  it('names everything that is wrong in all files at once, by file and line, and does nothing', async () => {
    await write('wrong/a.yaml', { kind: 'tenant', id: tenant, name: 'Acme' }, { kind: 'callback', tenant, externalId: 'a', name: 'A', url: 'not an address', colour: 'red', timeoutMs: 'soon' }, { kind: 'callback', tenant, externalId: 'a', name: 'B', url: receiver.url });
    await writeFile(join(dir, 'wrong/b.yaml'), `kind: credential
tenant: ${tenant}
externalId: open
name: Open
tokenUrl: https://id.acme.com/token
clientId: ledger
clientSecret: in-the-open
headers: { X-Key: "\${env:NO_SUCH_VARIABLE}" }
---
kind: subscription
tenant: ${tenant}
externalId: dangling
callback: ext:nobody
eventTypes: [no.such.type]
---
kind: portal
`);
    await writeFile(join(dir, 'wrong/c.yaml'), `kind: tenant\nid: ${tenant}-other\n---\n[1, 2\n`);
    const { status, out, err } = await nuncio.run(['apply', '-f', 'wrong'], env);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    for (const line of [/^wrong\/a.yaml:9: url: /m, /^wrong\/a.yaml:10: colour: there is no such field$/m, /^wrong\/a.yaml:11: timeoutMs: must be /m, /^wrong\/a.yaml:15: externalId: callback .*\/a is defined twice: also in wrong\/a.yaml:5$/m, /^wrong\/b.yaml:7: clientSecret: is a secret, .*\$\{env:NAME\}/m, /^wrong\/b.yaml:8: headers.X-Key: .*NO_SUCH_VARIABLE is not set$/m, /^wrong\/b.yaml:16: kind: there is no "portal": tenant, event-type, /m, /^wrong\/c.yaml:1: name is missing$/m, /^wrong\/c.yaml:[45]: /m, /nothing was done\.$/m]) expect(err).toMatch(line);
    expect(err).not.toContain('in-the-open');
    // A reference may lead to a document that could not be read.
    await rm(join(dir, 'wrong/c.yaml'));
    const dangling = await nuncio.run(['apply', '-f', 'wrong'], env);
    expect(dangling).toMatchObject({ status: 1, out: '' });
    for (const line of [/^wrong\/a.yaml:9: url: /m, /^wrong\/b.yaml:7: clientSecret: is a secret/m, /^wrong\/b.yaml:13: callback: there is no callback "ext:nobody"/m, /^wrong\/b.yaml:14: eventTypes.0: there is no event-type "no.such.type"/m]) expect(dangling.err).toMatch(line);
    expect(await fleet.api.call('GET', `/v1/tenants/${tenant}`)).toMatchObject({ status: 404 });
  });

  it('says first what it would do, does it in order of what refers to what, and has nothing to do the second time', async () => {
    await write('conf/books.yaml', ...books());
    await write('conf/catalogue.yml', ...catalogue());
    await write('conf/more/ledger.yaml', ledger());
    const planned = await nuncio.run(['apply', '-f', 'conf', '--plan'], env);
    expect(planned.status).toBe(4);
    for (const text of [`+ callback ${tenant}/ledger  conf/more/ledger.yaml:1`, '    secretHeaders: {"X-Gate":"${env:GATE}"}', '8 to create, 0 to change, 0 to prune, 0 unchanged.', '1 subscription will be verified by a sample.']) expect(planned.out).toContain(text);
    for (const secret of Object.values(secrets)) expect(planned.out).not.toContain(`"${secret}"`);
    expect(await fleet.api.call('GET', `/v1/tenants/${tenant}`)).toMatchObject({ status: 404 });

    expect(await apply()).toMatchObject({ status: 0, err: '8 of 8 done.\n' });
    expect(await all('subscriptions')).toMatchObject([{ externalId: 'invoices', state: 'activated' }]);
    expect(receiver.requests.at(-1)?.headers).toMatchObject({ 'x-gate': 'sesame' });
    const before = await state();
    expect(await apply('-f', 'conf/books.yaml')).toEqual({ status: 0, out: 'Nothing to do: 8 unchanged.\n', err: '' });
    expect(await plan()).toMatchObject({ status: 0, create: 0, change: 0, prune: 0, unchanged: 8 });
    expect(await state()).toEqual(before);
  });

  it('shows what is different field by field, secrets by their place alone, and what it does to deliveries', async () => {
    for (const [id, total] of [['one', 1], ['two', 2], ['three', 3]] as const) await fleet.api.call('POST', '/v1/events', { total }, { 'ce-id': id, 'ce-source': '/apply', 'ce-type': paid, 'ce-tenant': tenant });
    await eventually(async () => {
      expect(await fleet.api.all('/v1/deliveries', { tenant, status: 'delivered' })).toHaveLength(3);
    });
    await write('conf/more/ledger.yaml', ledger({ retry: { delaysSeconds: [5, 60] }, timeoutMs: 4_000, authentication: { type: 'oauth2', credential: 'ext:new' } }), { kind: 'credential', tenant, externalId: 'new', name: 'New', tokenUrl: 'http://127.0.0.1:9/token', clientId: 'new', clientSecret: '${file:new.secret}' });
    await writeFile(join(dir, 'conf/more/new.secret'), 'from a file\n');
    await write('conf/books.yaml', ...books({ filter: { exact: { '/data/total': 2 } } }));
    env = { ...env, GATE: 'open' };
    const { status, resources, effects, ...counts } = await plan();
    expect({ status, counts }).toEqual({ status: 4, counts: { create: 1, change: 2, prune: 0, unchanged: 6 } });
    const changes = (key: string) => resources.find((one) => one.key === key)?.changes.map(({ pointer, before, after }) => [pointer, before, after]);
    expect(changes('invoices')).toEqual([['/filter/exact/~1data~1total', null, 2]]);
    expect(changes('ledger')).toEqual(expect.arrayContaining([['/retry/delaysSeconds', [5, 10], [5, 60]], ['/timeoutMs', expect.any(Number), 4_000], ['/secretHeaders/X-Gate', '<redacted>', '<redacted>'], ['/authentication', { type: 'none' }, { type: 'oauth2', credential: 'ext:new' }]]));
    expect(effects).toEqual([`subscription ${tenant}/invoices: the new filter would have dropped 2 of the last day's 3 events.`]);
    expect(JSON.stringify(resources)).not.toMatch(/sesame|open|from a file/);
    const [{ id } = { id: '' }] = await all('subscriptions');
    for (const body of [{ select: { subscription: [id] }, dryRun: true }, { select: { events: { eventType: [paid] }, subscription: [id] } }]) expect(await fleet.api.call('POST', '/v1/replays', { ...body, suppose: { filter: null } })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/suppose' }] } });
    expect(await apply()).toMatchObject({ status: 0, err: '3 of 3 done.\n' });
    expect(await apply()).toMatchObject({ status: 0, out: 'Nothing to do: 9 unchanged.\n' });
    expect(await all('subscriptions')).toMatchObject([{ externalId: 'invoices', state: 'activated', filter: { exact: { '/data/total': 2 } } }]);
  });

  it('activates again what another receiver has taken back, waits for an approval without trying anew, and says when a sample fails', async () => {
    await write('conf/more/ledger.yaml', ledger());
    await write('conf/salary.yaml', { kind: 'callback', tenant, externalId: 'payroll', name: 'Payroll', url: receiver.url }, { kind: 'subscription', tenant, externalId: 'salaries', callback: 'ext:payroll', eventTypes: [salary], activate: true });
    env = { ...env, GATE: 'sesame' };
    expect(await apply()).toMatchObject({ status: 0 });
    const [{ id } = { id: '' }] = (await all('subscriptions')).filter(({ externalId }) => externalId === 'salaries');
    await fleet.api.post(`/v1/subscriptions/${id}/submit`);
    expect(await apply()).toMatchObject({ status: 0, out: expect.stringMatching(/^Nothing to do/m) as unknown });
    await fleet.api.post(`/v1/subscriptions/${id}/approve`);
    const { resources } = await plan();
    expect(resources.find(({ key }) => key === 'salaries')?.changes).toEqual([{ pointer: '/state', before: 'approved', after: 'activated' }]);
    expect(await apply()).toMatchObject({ status: 0 });

    await write('conf/salary.yaml', { kind: 'callback', tenant, externalId: 'payroll', name: 'Payroll', url: receiver.url.replace('127.0.0.1', 'localhost') }, { kind: 'subscription', tenant, externalId: 'salaries', callback: 'ext:payroll', eventTypes: [salary], activate: true });
    const taken = await plan();
    expect(taken.effects).toEqual(['1 subscription will be verified again.', '1 subscription will need another approval; events for 1 of them are parked until then.']);
    expect(taken).toMatchObject({ create: 0, change: 2 });
    expect(await apply()).toMatchObject({ status: 0 });
    expect((await all('subscriptions')).find((one) => one.id === id)).toMatchObject({ state: 'ready-to-submit' });
    expect(await apply()).toMatchObject({ status: 0, out: expect.stringMatching(/^Nothing to do/m) as unknown });

    const broken = await Receiver.start(always({ status: 500 }));
    try {
      await write('conf/broken.yaml', { kind: 'callback', tenant, externalId: 'broken', name: 'Broken', url: broken.url }, { kind: 'subscription', tenant, externalId: 'broken', callback: 'ext:broken', eventTypes: [paid], activate: true });
      const failed = await apply();
      expect(failed).toMatchObject({ status: 1, err: expect.stringMatching(/conf\/broken.yaml:\d+: subscription .*\/broken: it is draft, and not activated: .*500/) as unknown });
      expect(failed.err).toContain('1 of 2 done, 1 failed.');
    } finally {
      await broken.close();
      await rm(join(dir, 'conf/broken.yaml'));
    }
  });

  it('takes what its page shows', async () => {
    const page = await readFile(new URL('../../docs/cli.md', import.meta.url), 'utf8');
    const [, example = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];
    const shown = await nuncio.run(['apply', '-f', '-', '--plan'], { ...env, LEDGER_SECRET: 'x' }, example.replaceAll('acme', `${tenant}-shown`).replaceAll('invoice.paid', `${paid}.shown`));
    expect(shown).toMatchObject({ status: 4, err: '', out: expect.stringContaining('5 to create') as unknown });
  });

  it('deletes only where it is asked to, only what has an external id, and never unasked', async () => {
    const byHand = await fleet.api.post<Shown>('/v1/callbacks', { tenant, name: 'By hand', url: receiver.url });
    await rm(join(dir, 'conf/salary.yaml'));
    const plain = await apply();
    expect(plain).toMatchObject({ status: 0, out: expect.stringContaining('5 more exist in none of these files: --prune deletes them.') as unknown });
    const planned = await plan('--prune');
    expect(planned).toMatchObject({ status: 4, create: 0, change: 0, prune: 5, effects: [] });
    expect(planned.resources.filter(({ action }) => action === 'prune').map(({ key }) => key)).toEqual(expect.arrayContaining(['salaries', 'broken', 'payroll', 'new']));
    expect(await plan('--prune', '--label', 'team=books')).toMatchObject({ status: 0, prune: 0 });
    const unasked = await apply('--prune');
    expect(unasked).toMatchObject({ status: 2, err: expect.stringContaining('--yes') as unknown });
    expect(await all('callbacks')).toHaveLength(5);
    expect(await apply('--prune', '--yes')).toMatchObject({ status: 0, err: '5 of 5 done.\n' });
    expect((await all('callbacks')).map(({ externalId }) => externalId).sort()).toEqual(['ledger', 'oauth', null].sort());
    await fleet.api.delete(`/v1/callbacks/${byHand.id}`);
  });

  it('writes what is there as files that it takes back with nothing to do', async () => {
    const headless = await fleet.api.post<Shown>('/v1/callbacks', { tenant, name: 'Without a key', url: receiver.url });
    const out = await nuncio.run(['export', '--tenant', tenant, '-o', 'exported'], env);
    expect(out).toMatchObject({ status: 0, err: '' });
    expect(out.out).toContain(`callback ${headless.id} has no externalId, and is left out`);
    const files = (await readdir(join(dir, 'exported', tenant))).sort();
    expect(files).toEqual(['applications.yaml', 'callbacks.yaml', 'credentials.yaml', 'subscriptions.yaml', 'tenant.yaml']);
    const text = (await Promise.all(files.map((file) => readFile(join(dir, 'exported', tenant, file), 'utf8')))).join('\n');
    for (const secret of ['sesame', 'a secret of the ledger', 'wbhsec_', '<redacted>']) expect(text).not.toContain(secret);
    for (const line of ['application: ext:books', 'callback: ext:ledger', 'profile: persona', 'tier: gold']) expect(text).toContain(line);
    // Presets of the profile are not written.
    expect(text).not.toMatch(/envelope|timeoutMs|onTokenFailure|type: none/);
    const variables = [...out.out.matchAll(/^ {2}(\w+)$/gm)].map(([, name = '']) => name);
    const values = Object.fromEntries(variables.map((name) => [name, name.includes('GATE') ? 'sesame' : name.includes('IDP_CLIENT_SECRET') ? secrets.LEDGER_SECRET : name.includes('IDP_CLIENT_ID') ? 'ledger' : name.includes('NEW_CLIENT_ID') ? 'new' : 'from a file']));
    const again = await nuncio.run(['apply', '-f', 'exported', '--prune'], { ...env, ...values });
    expect(again).toEqual({ status: 0, out: expect.stringMatching(/^Nothing to do: \d+ unchanged\.\n$/) as unknown, err: '' });
    expect((await nuncio.run(['apply', '-f', 'exported'], env)).err).toMatch(/credentials.yaml:\d+: clientSecret: the environment variable \w+ is not set/);
    expect(await nuncio.run(['export', '--tenant', tenant, '-o', 'exported'], env)).toMatchObject({ status: 2, err: expect.stringContaining('--force') as unknown });
  });

  (canMakeTerminal || process.env.CI ? it : it.skip)('asks on a terminal before it deletes, shows how far it is, and takes only a "yes" for one', async () => {
    const own = `${tenant}-asked`;
    const callback = (name: string) => ({ kind: 'callback', tenant: own, externalId: name, name, url: receiver.url });
    await write('asked/all.yaml', { kind: 'tenant', id: own, name: 'Asked' }, callback('kept'), callback('gone'));
    expect(await nuncio.run(['apply', '-f', 'asked'], env)).toMatchObject({ status: 0 });
    await write('asked/all.yaml', { kind: 'tenant', id: own, name: 'Asked' }, callback('kept'));
    const CTRL_C = '\u0003';
    const CTRL_D = '\u0004';
    for (const [typed, status, shown] of [
      ['no\n', 1, /Nothing was done\./],
      ['y\n', 1, /Nothing was done\./],
      [CTRL_D, 1, /Nothing was done\./],
      [CTRL_C, 130, /Interrupted\. Nothing was done\./],
      ['yes\n', 0, /\[#+\] 1 of 1, applied\s+1 of 1 done\./],
    ] as const) {
      expect((await fleet.api.all('/v1/callbacks', { tenant: own })).length).toBe(2);
      const { child, said } = nuncio.onTerminal(['apply', '-f', 'asked', '--prune'], env);
      const closed = once(child, 'close');
      await eventually(() => {
        expect(said.out).toContain('Delete 1? Type "yes" to delete: ');
      });
      // The progress bar of the comparison was redrawn to its end.
      expect(said.out).toMatch(/\r\[#+\.+\] 1 of 2, compared\r\[#+\] 2 of 2, compared\r\n/);
      child.stdin?.write(typed);
      await closed;
      expect({ typed, status: child.exitCode, out: said.out }).toEqual({ typed, status, out: expect.stringMatching(shown) as unknown });
    }
    expect(await fleet.api.all('/v1/callbacks', { tenant: own })).toMatchObject([{ externalId: 'kept' }]);
  });

  it('goes on after answers of 5xx that pass, stops at those that stay, says how far it came, and carries on from there', async () => {
    const balancer = await Balancer.start(fleet.api.url);
    const own = `${tenant}-failing`;
    const through = { ...env, NUNCIO_URL: balancer.url };
    await write('failing/all.yaml', { kind: 'tenant', id: own, name: 'Failing' }, ...['a', 'b'].map((name) => ({ kind: 'callback', tenant: own, externalId: name, name, url: receiver.url })));
    const away = { status: 503, headers: { 'content-type': 'text/html', 'retry-after': '0' }, body: '<h1>Maintenance</h1>' };
    const answers = (match: RegExp, times: number): void => {
      let left = times;
      balancer.instead((call) => (match.test(call) && left-- > 0 ? away : null));
    };
    try {
      answers(/^PUT .*dryRun/, Infinity);
      expect(await nuncio.run(['apply', '-f', 'failing'], through)).toEqual({ status: 3, out: '', err: expect.stringMatching(/^PUT \/v1\/tenants\/.*: 503\. <h1>Maintenance.*\nNothing was done\.\n$/) as unknown });
      answers(/^PUT .*callbacks\/ext(:|%3A)b$/, Infinity);
      const stopped = await nuncio.run(['apply', '-f', 'failing'], through);
      expect(stopped).toMatchObject({ status: 3, err: expect.stringMatching(/^PUT \/v1\/callbacks\/.*: 503\. .*\n2 of 3 done; the same command carries on\.\n$/) as unknown });
      expect(await fleet.api.all('/v1/callbacks', { tenant: own })).toMatchObject([{ externalId: 'a' }]);
      answers(/^PUT /, 3);
      expect(await nuncio.run(['apply', '-f', 'failing'], through)).toMatchObject({ status: 0, err: '1 of 1 done.\n' });
      expect(await fleet.api.all('/v1/callbacks', { tenant: own })).toHaveLength(2);
    } finally {
      await balancer.close();
    }
  });

  it('does nothing when it is interrupted while it compares, although the installation answers nothing', async () => {
    const balancer = await Balancer.start(fleet.api.url);
    await write('waiting/all.yaml', { kind: 'tenant', id: `${tenant}-waiting`, name: 'Waiting' });
    balancer.instead((call) => (call.includes('dryRun') ? { status: 503, headers: { 'retry-after': '60' } } : null));
    try {
      const { child, said } = nuncio.start(['apply', '-f', 'waiting'], { ...env, NUNCIO_URL: balancer.url });
      const closed = once(child, 'close');
      await eventually(() => {
        expect(balancer.requests.join()).toContain('dryRun');
      });
      child.kill('SIGINT');
      await closed;
      expect({ status: child.exitCode, err: said.err }).toEqual({ status: 130, err: 'Interrupted. Nothing was done.\n' });
    } finally {
      await balancer.close();
    }
  });

  it("applies a provider's event types with a provider's key, and says by file and line what that key may not do", async () => {
    const { key } = await fleet.api.post<{ key: string }>('/v1/api-keys', { name: 'catalogue', role: 'provider' });
    const provider = { ...env, NUNCIO_API_KEY: key };
    await write('catalogue/types.yaml', { kind: 'event-type', name: `${paid}.provided`, description: 'By a provider.' });
    expect(await nuncio.run(['apply', '-f', 'catalogue'], provider)).toMatchObject({ status: 0, err: '1 of 1 done.\n' });
    expect(await nuncio.run(['apply', '-f', 'catalogue'], provider)).toMatchObject({ status: 0, out: 'Nothing to do: 1 unchanged.\n' });
    await write('catalogue/callback.yaml', { kind: 'callback', tenant, externalId: 'theirs', name: 'Theirs', url: receiver.url });
    expect(await nuncio.run(['apply', '-f', 'catalogue'], provider)).toMatchObject({ status: 1, out: '', err: expect.stringMatching(/^catalogue\/callback\.yaml:1: callback .*\/theirs: .*provider.*\n1 to correct; nothing was done\.\n$/) as unknown });
  });

  it(`is interrupted half way through ${CALLBACKS} callbacks, and run again comes to the same, by a key of the tenant's own, too`, async () => {
    const own = `${tenant}-many`;
    await write('many/tenant.yaml', { kind: 'tenant', id: own, name: 'Many' });
    await write('many/callbacks.yaml', ...Array.from({ length: CALLBACKS }, (_, n) => ({ kind: 'callback', tenant: own, externalId: `cb-${n}`, name: `Callback ${n}`, url: `${receiver.url}/${n}` })));
    const many = () => fleet.api.all<Shown>('/v1/callbacks', { tenant: own });
    // Half of them pass, so that it is not at its end, however busy this process is.
    const balancer = await Balancer.start(fleet.api.url);
    let passed = 0;
    balancer.instead((call) => (/^PUT \/v1\/callbacks\/(?!.*dryRun)/.test(call) && passed++ >= CALLBACKS / 2 ? { status: 503, headers: { 'retry-after': '60' } } : null));
    const { child, said } = nuncio.start(['apply', '-f', 'many'], { ...env, NUNCIO_URL: balancer.url });
    const closed = once(child, 'close');
    await eventually(() => {
      expect(passed).toBeGreaterThan(CALLBACKS / 4);
    });
    child.kill('SIGINT');
    await closed;
    await balancer.close();
    expect(child.exitCode).toBe(130);
    expect(said.err).toMatch(/^Interrupted\. \d+ of \d+ done; the same command carries on\.$/m);
    const begun = await many();
    expect(begun.length).toBeLessThan(CALLBACKS);

    const key = await fleet.api.post<{ key: string }>('/v1/api-keys', { name: 'own', role: 'consumer', tenant: own });
    const startedAt = performance.now();
    const rest = await nuncio.run(['apply', '-f', 'many/callbacks.yaml'], { ...env, NUNCIO_API_KEY: key.key });
    const tookMs = performance.now() - startedAt;
    expect(rest).toMatchObject({ status: 0, err: `${CALLBACKS - begun.length} of ${CALLBACKS - begun.length} done.\n` });
    const made = await many();
    expect(made.map(({ externalId }) => externalId).sort()).toEqual(Array.from({ length: CALLBACKS }, (_, n) => `cb-${n}`).sort());
    // Resources that existed by then were not written again.
    expect(made.every(({ version }) => version === 1)).toBe(true);
    expect(await nuncio.run(['apply', '-f', 'many'], env)).toMatchObject({ status: 0, out: `Nothing to do: ${CALLBACKS + 1} unchanged.\n` });
    if (process.env.CALLBACKS !== undefined) process.stderr.write(`${CALLBACKS - begun.length} callbacks by a key of the tenant's own: ${Math.round(tookMs)} ms\n`);
  });

  (process.env.CALLBACKS === undefined ? it.skip : it)(`makes ${CALLBACKS} callbacks in ${WITHIN_MS / 1_000} s, and sees as fast that they are there`, async () => {
    const own = `${tenant}-timed`;
    await write('timed/all.yaml', { kind: 'tenant', id: own, name: 'Timed' }, ...Array.from({ length: CALLBACKS }, (_, n) => ({ kind: 'callback', tenant: own, externalId: `cb-${n}`, name: `Callback ${n}`, url: `${receiver.url}/${n}` })));
    for (const said of [/^Nothing to do/, /to create/].reverse()) {
      const startedAt = performance.now();
      expect(await nuncio.run(['apply', '-f', 'timed'], env)).toMatchObject({ status: 0, out: expect.stringMatching(said) as unknown });
      const tookMs = performance.now() - startedAt;
      process.stderr.write(`${CALLBACKS} callbacks: ${Math.round(tookMs)} ms\n`);
      expect(tookMs).toBeLessThan(WITHIN_MS);
    }
  });
});
