import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { configLog, configState, isFault, newId, type Credential, type EventType } from '@nuncio/contracts';
import { applyTopics, ConfigView, createKafka, type KafkaSettings } from '@nuncio/kafka';
import { parseKeyRing, seal, Secret } from '@nuncio/sealing';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { aggregates } from '../aggregates.js';
import { callback, effective } from '../callbacks/callback.js';
import { blankCallback, editCallback } from '../callbacks/edit-callback.js';
import { CreateCallback } from '../callbacks/requests.js';
import { blankCredential, CreateCredential, credential } from '../credentials/credential.js';
import { editCredential } from '../credentials/edit-credential.js';
import { changed, EventStore, nuncio, rebuildStates } from '../event-store/index.js';
import { CreateEventType, eventType } from '../event-types/event-type.js';
import { withKeying } from '../keying/keying.js';
import { rotate } from '../keys/rotate.js';
import type { SealField } from '../sealed-headers.js';
import { Relay } from './relay.js';
import { openConfig, type ConfigDatabase } from '../testing/config-database.js';

let fresh: ConfigDatabase;
let database: DataSource;
let store: EventStore;
let kafka: KafkaSettings;
let relay: Relay;
let view: ConfigView;

const keyNamed = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const old = keyNamed('k');
const ring = parseKeyRing(old);
/** The longest id that a key may have. */
const rewrapping = parseKeyRing(`${keyNamed('n'.repeat(32))},${old}`);

beforeEach(async () => {
  fresh = await openConfig();
  database = fresh.dataSource;
  store = new EventStore(database);
  kafka = { brokers: (process.env.KAFKA_BROKERS ?? '').split(','), topicPrefix: `spec_${randomUUID().slice(0, 8)}`, clientId: 'publishable-spec' };
  await applyTopics(createKafka(kafka), kafka.topicPrefix, [configLog, configState]);
  relay = new Relay(database, kafka);
  view = new ConfigView(kafka, kinds);
});
afterEach(async () => {
  await Promise.all([relay.stop(), view.stop()]);
  await fresh.drop();
});

/** Texts up to this many bytes of JSON, with characters of one to four bytes, and characters that JSON escapes. */
const text = (max: number) => fc.tuple(fc.nat(max), fc.constantFrom('x', '"', 'é', '€', '😀')).map(([length, letter]) => letter.repeat(length / letter.length));
const ascii = (max: number) => fc.nat(max).map((length) => '~'.repeat(length));
const headers = fc.tuple(fc.nat(60), ascii(9_000), ascii(300)).map(([count, first, others]) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`X-${i}`, i ? others : first])));
const groups = fc.array(text(120), { maxLength: 55 });
const callbacks = fc.record({ name: text(250), headers, secretHeaders: fc.oneof(headers, fc.constant({})), groups, retry: fc.record({ successStatuses: fc.array(fc.constantFrom(200, 204, '2xx'), { minLength: 1, maxLength: 120 }) }) });
const credentials = fc.record({
  name: text(250),
  headers,
  groups,
  clientId: ascii(4_500),
  clientSecret: text(2_000),
  audience: text(2_100),
  resource: fc.array(text(2_000), { maxLength: 11 }),
  params: fc.tuple(fc.nat(60), text(2_000)).map(([count, value]) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, value]))),
});
const eventTypes = fc.record({ description: text(2_100), schema: fc.oneof(text(2_000), text(300_000), ascii(300_000)).map((title) => ({ title })) });

const SEED = 1;
const kinds = ['callback', 'credential', 'event-type'] as const;

/** null = the API refuses it. */
async function accepted<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (isFault(error, 'invalid') && error.errors.every(({ pointer }) => pointer.startsWith('/'))) return null;
    throw error;
  }
}

const sealFor = (kind: 'callback' | 'credential', id: string): SealField => (field, secret) => seal(ring, new Secret(secret), { tenant: 'acme', kind, id, field });
const checkUrl = (url: string) => ({ ok: true, url }) as const;

const makeCallback = (given: unknown) =>
  accepted(async () => {
    const body = CreateCallback.safeParse({ url: 'https://hooks.acme.com/in', ...(given as object) });
    if (!body.success) return null;
    const id = newId('cb');
    const blank = blankCallback({ id, tenant: 'acme', application: id, groups: [], name: body.data.name });
    const { fields } = editCallback(blank, body.data, { seal: sealFor('callback', id), checkUrl });
    return store.transact(nuncio, (tx) => tx.create(callback, id, effective({ ...blank, ...fields })));
  });

const makeCredential = (given: unknown) =>
  accepted(async () => {
    const body = CreateCredential.safeParse({ tokenUrl: 'https://as.acme.com/token', ...(given as object) });
    if (!body.success) return null;
    const id = newId('cred');
    const blank = blankCredential(id, 'acme', [], body.data.name);
    const fields = editCredential(blank, body.data, { seal: sealFor('credential', id), sealForDelivery: sealFor('credential', id), checkUrl });
    return store.transact(nuncio, (tx) => tx.create(credential, id, { ...blank, ...fields } as Credential));
  });

const makeEventType = (given: unknown) =>
  accepted(async () => {
    const body = CreateEventType.safeParse({ name: newId('app'), ...(given as object) });
    return body.success ? store.transact(nuncio, (tx) => tx.create<EventType>(eventType, body.data.name, withKeying({}, body.data))) : null;
  });

const published = async (): Promise<void> => { expect(await view.waitFor(await store.position(), 60_000)).toBe(true); };

it('publishes, rebuilds and rewraps every state that is accepted, at all limits', async () => {
  let made = 0;
  const count = (resource: object | null): void => {
    made += resource ? 1 : 0;
  };
  for (const given of fc.sample(callbacks, { numRuns: 120, seed: SEED })) count(await makeCallback(given));
  for (const given of fc.sample(credentials, { numRuns: 120, seed: SEED })) count(await makeCredential(given));
  for (const given of fc.sample(eventTypes, { numRuns: 24, seed: SEED })) count(await makeEventType(given));
  expect(made).toBeGreaterThan(20);
  relay.start();
  await view.start();
  await published();
  expect(kinds.flatMap((kind) => [...view.all(kind)]).length).toBe(made);
  expect(await store.standstill((manager) => rebuildStates(manager, aggregates))).toEqual({ aggregates: made, different: 0 });
  await rotate(database, { callback: rewrapping, credential: rewrapping }, () => undefined);
  expect(relay.trouble).toBeNull();
});

it('continues after a pause in which more was written than fits into one request', async () => {
  for (let n = 0; n < 260; n++) expect(await makeCallback({ name: `n ${n}`, headers: { 'X-Long': '~'.repeat(5_000) } })).not.toBeNull();
  relay.start();
  await view.start();
  await published();
  expect([...view.all('callback')]).toHaveLength(260);
});

it('refuses a record that would be too large before the commit, naming the field, and goes on', async () => {
  const type = { name: 'large', description: null, schema: null, audience: 'addressed', approval: 'none' } as const;
  const small = await store.transact(nuncio, (tx) => tx.create<EventType>(eventType, 'large', type));
  const refused = store.transact(nuncio, (tx) => tx.append(eventType, small, [changed({ schema: { title: '€'.repeat(300_000) } })]));
  await expect(refused).rejects.toMatchObject({ code: 'invalid', errors: [{ pointer: '/schema', code: 'too-large' }] });
  expect(await store.position()).toBe(1);
  await store.transact(nuncio, (tx) => tx.append(eventType, small, [changed({ description: 'small' })]));
  relay.start();
  await view.start();
  await published();
  expect(view.get('event-type', 'large')?.state.description).toBe('small');
});
