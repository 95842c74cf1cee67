import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { always, Receiver, type AuthorizationServer } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import type { Fleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';
import type { Nuncio } from './nuncio.js';

interface Scene {
  readonly fleet: Fleet;
  readonly nuncio: Nuncio;
  /** The command's working directory. */
  readonly dir: string;
}

/** The client that the authorization server knows. */
export const client = { clientId: 'ledger', clientSecret: 'a secret of a ledger', authMethod: 'client_secret_post' } as const;

interface Made {
  readonly id: string;
}

const MANY = 20;

/** Runs a command, and expects it to end with status 0. Returns its JSON. */
async function json<T>({ nuncio }: Scene, args: readonly string[], input?: string): Promise<T> {
  const { status, out, err } = await nuncio.run([...args, '--json'], undefined, input);
  expect({ args, status, err }).toEqual({ args, status: 0, err: '' });
  return JSON.parse(out) as T;
}

/** Runs a command, and expects it to end with status 0. Returns its text. */
async function text({ nuncio }: Scene, args: readonly string[], input?: string): Promise<string> {
  const { status, out, err } = await nuncio.run(args, undefined, input);
  expect({ args, status, err }).toMatchObject({ args, status: 0 });
  return out;
}

/** The commands of configuration. A tenant is made, suspended and given keys by the command alone. */
export async function configure(scene: Scene, server: AuthorizationServer): Promise<void> {
  const tenant = await Tenant.create(scene.fleet);
  const name = `own-${tenant.id}`;
  expect(await text(scene, ['tenants', 'create', '--id', name, '--name', 'Own', '--external-id', name])).toBe(`created the tenant ${name}\n`);
  expect(await text(scene, ['tenants', 'suspend', name, '--reason', 'unpaid'])).toBe(`${name} is suspended\n`);
  expect(await json(scene, ['tenants', 'unsuspend', name])).toMatchObject({ state: 'active' });
  expect(await text(scene, ['tenants', 'show', name])).toMatch(/^id +own-/);
  expect(await json<Made[]>(scene, ['tenants', 'list', '--where', `id=${name}`])).toHaveLength(1);

  expect(await text(scene, ['event-types', 'create', '--name', `${name}.sent`, '--description', 'sent', '--approval', 'required', '--audience', 'addressed'])).toBe(`created the event type ${name}.sent\n`);
  expect(await json(scene, ['event-types', 'show', `${name}.sent`])).toMatchObject({ approval: 'required', audience: 'addressed', description: 'sent' });
  expect(await text(scene, ['event-types', '--where', `name=${name}.sent`])).toMatch(/^NAME +AUDIENCE/);

  expect(await text(scene, ['applications', 'create', '--tenant', name, '--name', 'Shop', '--external-id', 'shop'])).toMatch(/^created the application app_/);
  expect(await json(scene, ['applications', 'show', 'ext:shop', '--tenant', name])).toMatchObject({ name: 'Shop', tenant: name });
  expect(await json<Made[]>(scene, ['applications', '--tenant', name])).toHaveLength(2);

  const shown = await text(scene, ['api-keys', 'create', '--name', 'reader', '--role', 'viewer', '--tenant', name, '--group', 'one', '--group', 'two', '--expires-at', '2040-01-01T00:00:00Z']);
  const [, id = '', key = ''] = /^created the API key (key_\S+)\. Keep it now, it is not shown again:\n(\S+)\n$/.exec(shown) ?? [];
  expect(key).not.toBe('');
  expect(await json(scene, ['api-keys', 'show', id])).toMatchObject({ role: 'viewer', groups: ['one', 'two'], expiresAt: '2040-01-01T00:00:00.000Z' });
  expect(await text(scene, ['api-keys', '--tenant', name])).not.toContain(key);
  const own = { NUNCIO_URL: scene.fleet.api.url, NUNCIO_API_KEY: key };
  await eventually(async () => {
    expect(await scene.nuncio.run(['callbacks', '--json'], own)).toMatchObject({ status: 0, out: '[]\n' });
  });
  expect(await text(scene, ['api-keys', 'revoke', id])).toBe(`${id} is revoked\n`);
  await eventually(async () => {
    expect(await scene.nuncio.run(['callbacks'], own)).toMatchObject({ status: 1, err: expect.stringContaining('401') });
  });

  const credential = await tenant.credential(server, { ...client, clientSecret: 'wrong' }, { externalId: 'idp' });
  expect(await json<Made[]>(scene, ['credentials', '--tenant', tenant.id])).toMatchObject([{ id: credential }]);
  expect((await scene.nuncio.run(['doctor', 'oauth', credential])).status).toBe(1);
  expect(await text(scene, ['credentials', 'rotate-secret', 'ext:idp', '--tenant', tenant.id, '--client-secret-file', '-'], `${client.clientSecret}\n`)).toContain('has the new secret');
  expect(await json(scene, ['credentials', 'show', credential])).not.toHaveProperty('clientSecret');
  expect(await json<{ ok: boolean }[]>(scene, ['doctor', 'oauth', credential])).toMatchObject([{ what: 'token', ok: true }, {}]);

  expect(await json(scene, ['audit', '--tenant', name, '--where', 'kind=api-key'])).toMatchObject([{ type: expect.any(String), id }, { id }]);

  const file = join(scene.dir, 'event-type.yaml');
  await writeFile(file, `kind: event-type\nname: ${name}.received\n`);
  await text(scene, ['apply', '-f', file]);
  await text(scene, ['export', '-o', join(scene.dir, 'exported'), '--tenant', name]);
}

/** The commands of callbacks and subscriptions: every move from a state in which it is allowed. */
export async function move(scene: Scene): Promise<void> {
  const { fleet } = scene;
  const receiver = await Receiver.start();
  const tenant = await Tenant.create(fleet);
  const { id: callback, signing } = await fleet.api.post<Made & { signing: { secret: string } }>('/v1/callbacks', { tenant: tenant.id, name: 'Ledger', externalId: 'ledger', url: receiver.url });
  const rotated = await text(scene, ['callbacks', 'rotate-secret', 'ext:ledger', '--tenant', tenant.id, '--expires-in-seconds', '3600']);
  expect(rotated).toMatch(/^The new secret\. Keep it now, it is not shown again:\nwhsec_\S+\nThe old secret is used, too, until \d{4}-/);
  expect(rotated).not.toContain(signing.secret);
  expect(await text(scene, ['callbacks', 'test', callback])).toBe('the sample was taken (204)\n');
  expect(await text(scene, ['callbacks', 'disable', callback])).toBe(`${callback} is disabled\n`);
  expect(await json(scene, ['callbacks', 'enable', callback])).toMatchObject({ enabled: true });
  expect(await text(scene, ['callbacks', 'show', callback])).toMatch(/^enabled +true$/m);
  expect(await json<Made[]>(scene, ['callbacks', '--tenant', tenant.id])).toMatchObject([{ id: callback }]);

  const [refused, approved] = [`${tenant.id}.refused`, `${tenant.id}.approved`];
  for (const name of [refused, approved]) await fleet.api.post('/v1/event-types', { name, approval: 'required' });
  const subscribe = async (eventType: string): Promise<string> => (await fleet.api.post<Made>('/v1/subscriptions', { tenant: tenant.id, callback, eventTypes: [eventType] })).id;
  const moved = async (id: string, moves: readonly (readonly [move: string, state: string])[]): Promise<void> => {
    for (const [name, state] of moves) expect(await text(scene, ['subscriptions', name, id, '--reason', 'a test'])).toBe(`${id} is ${state}\n`);
  };
  const free = await subscribe(tenant.eventType);
  await moved(free, [['verify', 'validated'], ['activate', 'activated'], ['block', 'blocked'], ['unblock', 'activated'], ['deactivate', 'deactivated'], ['suspend', 'suspended'], ['unsuspend', 'deactivated']]);
  await moved(await subscribe(refused), [['verify', 'ready-to-submit'], ['submit', 'submitted'], ['reject', 'rejected']]);
  await moved(await subscribe(approved), [['verify', 'ready-to-submit'], ['submit', 'submitted'], ['approve', 'approved']]);
  expect(await json(scene, ['subscriptions', 'show', free])).toMatchObject({ state: 'deactivated' });
  expect(await json<Made[]>(scene, ['subscriptions', '--tenant', tenant.id])).toHaveLength(3);
  await receiver.close();
}

/** The commands of what went wrong: retries, dead letters, operations, quarantine. */
export async function recover(scene: Scene): Promise<void> {
  const { fleet } = scene;
  const receiver = await Receiver.start();
  const tenant = await Tenant.create(fleet);
  const { callback } = await tenant.subscribe(receiver, { profile: 'standard', retry: { delaysSeconds: [86_400], jitter: 0 } });
  receiver.answer(always({ status: 500 }));
  // So many that sending them again at the lowest rate takes minutes.
  await tenant.publish(Array.from({ length: MANY }, (_, n) => ({ payload: `{"n":${n}}` })));
  const failing = await eventually(async () => {
    const found = await json<{ id: string; attemptCount: number }[]>(scene, ['deliveries', '--callback', callback, '--status', 'pending', '--limit', '100']);
    expect(found.map(({ attemptCount }) => attemptCount)).toEqual(Array(MANY).fill(1));
    return found.map(({ id }) => id);
  });
  const [attempt] = await json<Made[]>(scene, ['attempts', '--callback', callback]);
  expect(await text(scene, ['attempts', 'show', attempt?.id ?? ''])).toMatch(/^outcome +failed$/m);
  expect(await text(scene, ['send-now', failing[0] ?? ''])).toContain(failing[0] ?? '');
  expect(await text(scene, ['deliveries', 'cancel', failing[1] ?? ''])).toContain(failing[1] ?? '');
  // The second failure of the first was its last.
  const letter = await eventually(async () => {
    const [found] = await json<Made[]>(scene, ['dead-letters', '--callback', callback, '--where', 'reason=http']);
    if (!found) throw new Error('it is not there yet');
    return found.id;
  });
  expect(await text(scene, ['dead-letters', 'payload', letter])).toMatch(/^\{"n":\d+\}$/);
  receiver.answer(always({ status: 204 }));
  expect(await text(scene, ['dead-letters', 'republish', letter])).toBe(`${letter} is published again\n`);
  expect(await json(scene, ['dead-letters', 'show', letter])).toMatchObject({ callback, republished: { by: expect.any(String) } });

  const slow = await json<{ operation: string }>(scene, ['replay', '--tenant', tenant.id, '--per-second', '0.1']);
  for (const [name, state] of [['pause', 'paused'], ['resume', 'running'], ['cancel', 'canceled']] as const) expect(await text(scene, ['operations', name, slow.operation])).toBe(`${slow.operation} is ${state}\n`);
  expect(await json(scene, ['operations', 'show', slow.operation])).toMatchObject({ state: 'canceled' });
  const again = await json<{ operation: string }>(scene, ['recover', callback, '--since', '1h']);
  expect(await json<Made[]>(scene, ['operations', '--callback', callback])).toMatchObject([{ id: again.operation, kind: 'recover' }]);
  expect(await text(scene, ['operations', 'watch', again.operation])).toMatch(/, done/);

  const headers = { ce_specversion: '1.0', ce_id: Buffer.from([0xc3, 0x28]), ce_source: '/blackbox', ce_type: tenant.eventType, ce_tenant: tenant.id, 'content-type': 'application/json' };
  const [place] = await fleet.cluster.send('events', [{ key: tenant.id, partition: 7, value: '{"n": 1.0}', headers }]);
  const { id } = await eventually(async () => {
    const records = await json<{ id: string; origin: { topic: string; partition: number; offset: string } | null }[]>(scene, ['quarantine', '--since', '1h', '--where', 'reason=bad-header', '--limit', '200']);
    const mine = records.find(({ origin }) => origin?.topic.endsWith('events') && origin.partition === 7 && origin.offset === place?.baseOffset);
    if (!mine) throw new Error('it is not there yet');
    return mine;
  });
  expect(await json(scene, ['quarantine', 'show', id])).toMatchObject({ reason: 'bad-header' });
  expect(await text(scene, ['quarantine', 'payload', id])).toBe('{"n": 1.0}');
  expect(await scene.nuncio.run(['quarantine', 'republish', id, '--header', 'ce_id'])).toMatchObject({ status: 2, err: expect.stringContaining('takes name=value') });
  expect(await text(scene, ['quarantine', 'republish', id, '--header', `ce_id=${tenant.id}-corrected`, '--data', '-'], '{"n": 2.0}')).toBe(`${id} is published again\n`);
  await eventually(() => {
    expect(receiver.requests.map(({ body }) => body.toString())).toContain('{"n": 2.0}');
  });
  await receiver.close();
}
