import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes, randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { configLog, configState, newId, type Credential } from '@nuncio/contracts';
import { applyTopics, ConfigView, createKafka, type KafkaSettings } from '@nuncio/kafka';
import { open, parseKeyRing, seal, Secret } from '@nuncio/sealing';
import type { DataSource } from 'typeorm';
import { callback, effective } from '../callbacks/callback.js';
import { blankCallback } from '../callbacks/edit-callback.js';
import { blankCredential, credential } from '../credentials/credential.js';
import { changed, EventStore, nuncio } from '../event-store/index.js';
import { Relay } from '../outbox/relay.js';
import { rotate } from './rotate.js';
import { takeInventory } from './rows.js';
import { openConfig, type ConfigDatabase } from '../testing/config-database.js';

const PROGRAM = fileURLToPath(new URL('../../dist/keys/main.js', import.meta.url));
const key = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const [oldKey, newKey] = [key('old'), key('new')];
const before = parseKeyRing(oldKey);
const both = parseKeyRing(`${newKey},${oldKey}`);
const after = parseKeyRing(newKey);
const CREDENTIALS = 250;

let fresh: ConfigDatabase;
let database: DataSource;
let store: EventStore;
let kafka: KafkaSettings;
let relay: Relay;
let ids: string[];

beforeEach(async () => {
  fresh = await openConfig();
  database = fresh.dataSource;
  store = new EventStore(database);
  kafka = { brokers: (process.env.KAFKA_BROKERS ?? '').split(','), topicPrefix: `spec_${randomUUID().slice(0, 8)}`, clientId: 'rotate-spec' };
  await applyTopics(createKafka(kafka), kafka.topicPrefix, [configLog, configState]);
  relay = new Relay(database, kafka);
  relay.start();
  ids = Array.from({ length: CREDENTIALS }, () => newId('cred'));
  await store.transact(nuncio, async (tx) => {
    for (const id of ids) await tx.create(credential, id, credentialOf(id, before));
    await tx.create(callback, 'cb_1', callbackOf('cb_1', before));
    await tx.append(credential, await tx.get(credential, ids[0]!), [changed({ clientSecret: sealed(ids[0]!, 'clientSecret', 'another', before) })]);
    await tx.delete(credential, await tx.get(credential, ids.pop()!));
  });
});
afterEach(async () => {
  await relay.stop();
  await fresh.drop();
});

const sealed = (id: string, field: string, secret: string, ring = before) => seal(ring, new Secret(secret), { tenant: 'acme', kind: 'credential', id, field });

/** A credential whose name looks like a secret. */
const credentialOf = (id: string, ring = before): Credential => ({
  ...blankCredential(id, 'acme', [], sealed(id, 'clientId', 'nothing')),
  clientId: sealed(id, 'clientId', `id of ${id}`, ring),
  clientSecret: sealed(id, 'clientSecret', `secret of ${id}`, ring),
  clientKey: { privateJwk: sealed(id, 'clientKey', 'a key', ring), publicJwk: {} },
  headers: { 'X-Gate': sealed(id, 'headers.X-Gate', 'gate', ring) },
});

const callbackOf = (id: string, ring = before) => {
  const place = { tenant: 'acme', kind: 'callback', id } as const;
  return effective({
    ...blankCallback({ id, tenant: 'acme', application: 'app_1', groups: [], name: 'ledger' }),
    url: 'https://hooks.acme.com/in',
    secretHeaders: { 'X-Gate': seal(ring, new Secret('gate'), { ...place, field: 'secretHeaders.X-Gate' }) },
    secrets: [{ secret: seal(ring, new Secret('whsec_x'), { ...place, field: 'signing' }), keyId: null, expiresAt: null }],
  });
};

const command = (...args: string[]): ChildProcess =>
  spawn(process.execPath, [PROGRAM, ...args], { env: { PATH: process.env.PATH, DATABASE_URL: fresh.url, SIGNING_KEYS: `${newKey},${oldKey}`, CLIENT_KEYS: `${newKey},${oldKey}` }, stdio: ['ignore', 'pipe', 'pipe'] });

const historyOf = () => database.query<object[]>('select position, stream, version, type, at, actor, config.unwrapped(data) as data from config.events order by position');
const positionsAndVersions = () => database.query<object[]>('select kind, id, position, version, at from config.aggregates order by id');

describe('npm run keys -- rotate', () => {
  it('continues after a kill -9 in the middle, and leaves no row and no state under the old key, and nothing else changed', async () => {
    const [history, places] = [await historyOf(), await positionsAndVersions()];
    // The command runs until it needs a row that somebody else has locked.
    const holder = database.createQueryRunner();
    await holder.startTransaction();
    // A slow machine may take longer than our limit for idle transactions.
    await holder.query('set local idle_in_transaction_session_timeout = 0');
    await holder.query('select * from config.events where position = 150 for update');
    const killed = command('rotate');
    const complaints = text(killed.stderr!);
    let told = '';
    for await (const chunk of killed.stdout!) if ((told += String(chunk)).includes('credential events: 100 under new')) break;
    killed.kill('SIGKILL');
    expect({ told, complaints: await complaints }).toEqual({ told: expect.stringContaining('credential events: 100 under new'), complaints: '' });
    await once(killed, 'close');
    await holder.rollbackTransaction();
    await holder.release();
    const halfway = await takeInventory(database);
    expect(halfway.credential.get('new')).toBe(400);
    expect(halfway.credential.get('old')).toBeGreaterThan(800);

    const again = command('rotate');
    const [output, errors] = await Promise.all([text(again.stdout!), text(again.stderr!), once(again, 'close')]);
    expect(errors).toBe('');
    expect(output).toContain(`callbacks: all 6 secrets lie under new, none under another key`);
    // 250 creations, one change, 249 states.
    expect(output).toContain(`credentials: all ${250 * 4 + 1 + 249 * 4} secrets lie under new, none under another key`);
    expect(await historyOf()).toEqual(history);
    expect(await positionsAndVersions()).toEqual(places);

    // A service that starts with the new key alone opens everything on the topic.
    const view = await ConfigView.started(kafka, ['credential', 'callback']);
    const opened = ids.map((id) => open(after, view.get('credential', id)!.state.clientSecret!, { tenant: 'acme', kind: 'credential', id, field: 'clientSecret' }).reveal());
    expect(opened).toEqual(ids.map((id, i) => (i === 0 ? 'another' : `secret of ${id}`)));
    const { signing, secretHeaders } = view.get('callback', 'cb_1')!.state;
    expect(open(after, signing.secrets[0]!.secret, { tenant: 'acme', kind: 'callback', id: 'cb_1', field: 'signing' }).reveal()).toBe('whsec_x');
    expect(open(after, secretHeaders['X-Gate']!, { tenant: 'acme', kind: 'callback', id: 'cb_1', field: 'secretHeaders.X-Gate' }).reveal()).toBe('gate');
    await view.stop();
  });

  it('runs in turn with commands: changes that are made meanwhile stay', async () => {
    const rename = async (id: string, n: number) => store.transact(nuncio, async (tx) => tx.append(credential, await tx.get(credential, id), [changed({ name: `name ${n}` })]));
    const [, renamed] = await Promise.all([rotate(database, { credential: both, callback: both }, () => undefined), Promise.all(ids.slice(0, 60).map(rename))]);
    expect(renamed.map(({ state }) => state.name)).toEqual(ids.slice(0, 60).map((_, n) => `name ${n}`));
    const view = await ConfigView.started(kafka, ['credential']);
    expect(ids.slice(0, 60).map((id) => view.get('credential', id)?.state.name)).toEqual(ids.slice(0, 60).map((_, n) => `name ${n}`));
    for (const { state } of view.all('credential')) expect(state.clientId.split('.')[1]).toBe('new');
    await view.stop();

    // Their names still look like secrets under the old key.
    const wrappings = () => database.query<object[]>('select id, wrapping from config.aggregates order by id');
    const rotated = await wrappings();
    await rotate(database, { credential: both, callback: both }, () => undefined);
    expect(await wrappings()).toEqual(rotated);
  });

  it('puts a certificate that deliveries present under the key ring of the dispatchers, and its other copy under that of token-service', async () => {
    const [clientRing, signingRing] = [key('client'), key('signing')];
    const id = ids[1]!;
    const copy = (ring: string) => sealed(id, 'clientCertificate', 'a certificate', parseKeyRing(ring));
    const clientCertificate = { sealed: copy(oldKey), sealedForDelivery: copy(oldKey), subject: '', notAfter: '', sha256: '' };
    await store.transact(nuncio, async (tx) => tx.append(credential, await tx.get(credential, id), [changed({ clientCertificate })]));
    await rotate(database, { credential: parseKeyRing(`${clientRing},${oldKey}`), callback: parseKeyRing(`${signingRing},${oldKey}`) }, () => undefined);
    const { state } = (await store.read(nuncio).get(credential, id)) as { state: Credential };
    const place = { tenant: 'acme', kind: 'credential', id, field: 'clientCertificate' } as const;
    expect(open(parseKeyRing(clientRing), state.clientCertificate!.sealed, place).reveal()).toBe('a certificate');
    expect(open(parseKeyRing(signingRing), state.clientCertificate!.sealedForDelivery!, place).reveal()).toBe('a certificate');
  });

  it('refuses to begin with a key ring that lacks a key in use, and names the key', async () => {
    await expect(rotate(database, { credential: after, callback: both }, () => undefined)).rejects.toThrow(/secrets of credentials lie under the key "old", which is not in the ring/);
    expect((await takeInventory(database)).callback).toEqual(new Map([['old', 6]]));
  });

  it('does not claim that the old key is unused while there is no relay', async () => {
    await relay.stop();
    const rotating = command('rotate');
    for await (const chunk of rotating.stdout!) if (String(chunk).includes('states to be published')) break;
    rotating.kill('SIGKILL');
    await once(rotating, 'close');
    expect((await takeInventory(database)).credential.has('old')).toBe(false);
    relay = new Relay(database, kafka);
    relay.start();
    const lines: string[] = [];
    await rotate(database, { credential: both, callback: both }, (line) => lines.push(line));
    expect(lines.at(-1)).toContain('none under another key');
  });

  it('is the only change of an event that the database allows anybody, even the owner', async () => {
    const changes = [
      `data = jsonb_set(data, '{name}', '"x"')`,
      `data = jsonb_set(data, '{clientSecret}', to_jsonb((data->>'clientSecret') || 'A'))`,
      `data = '{}'`,
      `actor = 'somebody'`,
      `at = now()`,
      `type = 'deleted'`,
      `position = 1000000`,
    ].map((change) => `update config.events set ${change} where position = 1`);
    for (const refused of [...changes, 'delete from config.events where position = 1', 'truncate config.events'])
      await expect(database.query(refused)).rejects.toThrow('config.events is append-only');
  });
});
