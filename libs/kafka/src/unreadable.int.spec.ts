import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { attempts, deliveries, events, type Topic } from '@nuncio/contracts';
import { type OwnServers, ownServers, startKafka } from '@nuncio/embedded';
import kafkajs, { type AclEntry, type Admin } from 'kafkajs';
import { applyAccess, applyTopics, BatchProducer, createKafka, KafkaEnv, kafkaFor, KafkaServer, passOver, topicName, unreadableTopics, type KafkaSettings, type RecordBatch } from './index.js';
import { joined } from './testing/joined.js';

const PREFIX = 'unreadable';
const WORK = Symbol('work');
const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
let servers: OwnServers;
let dispatcher: KafkaSettings;
let owner: KafkaSettings;
let admin: Admin;
let producer: BatchProducer;
const members: KafkaServer[] = [];
const told: unknown[] = [];

beforeAll(async () => {
  unreadableTopics.subscribe((message) => void told.push(message));
  servers = await ownServers('unreadable');
  const files = { key: join(servers.dir, 'tls.key'), cert: join(servers.dir, 'tls.crt'), keystore: join(servers.dir, 'tls.pem') };
  const self = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', ['req', ...self, '-keyout', files.key, '-out', files.cert], { stdio: 'ignore' });
  execFileSync('sh', ['-c', `cat ${files.key} ${files.cert} > ${files.keystore}`]);
  const [node] = await startKafka({ ...servers, tls: files });
  const as = (mechanism: string, user: string, password: string): KafkaSettings =>
    kafkaFor(KafkaEnv.parse({ KAFKA_BROKERS: node!.address, TOPIC_PREFIX: PREFIX, KAFKA_SSL_CA_FILE: files.cert, KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: user, KAFKA_SASL_PASSWORD: password }), 'spec');
  owner = as('plain', 'nuncio', (await readFile(join(servers.dir, 'kafka', 'password'), 'utf8')).trim());
  dispatcher = as('scram-sha-512', 'nuncio_dispatcher', servers.identities.dispatcher);
  const kafka = createKafka(owner);
  await applyTopics(kafka, PREFIX, [events, deliveries, attempts]);
  await applyAccess(kafka, PREFIX, 'nuncio');
  admin = kafka.admin();
  producer = new BatchProducer(kafka, PREFIX);
  await Promise.all([admin.connect(), producer.connect()]);
  // A broker applies rights a moment later.
  const reader = createKafka(dispatcher, { initialRetryTime: 100, maxRetryTime: 500, retries: 100 }).admin();
  await reader.connect();
  const topics = [events, deliveries].map((topic) => topicName(PREFIX, topic));
  while (!(await reader.fetchOffsets({ groupId: `${PREFIX}.dispatcher`, topics }).catch(() => null))) await pause(200);
  await reader.disconnect();
}, 120_000);
afterEach(() => Promise.all(members.splice(0).map((server) => server.close())), 30_000);
afterAll(async () => {
  await Promise.all([admin.disconnect(), producer.disconnect()]);
  await servers.stop();
});

async function eventually(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`not in time: ${what}`);
    await pause(50);
  }
}

/** Where the group goes on with a topic, over its partitions. */
async function committed(topic: Topic): Promise<number> {
  const [found] = await admin.fetchOffsets({ groupId: `${PREFIX}.dispatcher`, topics: [topicName(PREFIX, topic)] });
  return found?.partitions.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0) ?? 0;
}

const publish = (topic: Topic, ...values: string[]) => Promise.all(values.map((value) => producer.send(topic, { key: value, value })));

/** A denial beats every permission. */
const denial = (topic: Topic, operation: kafkajs.AclOperationTypes): AclEntry => ({
  resourceType: AclResourceTypes.TOPIC,
  resourceName: topicName(PREFIX, topic),
  resourcePatternType: ResourcePatternTypes.LITERAL,
  principal: 'User:nuncio_dispatcher',
  host: '*',
  operation,
  permissionType: AclPermissionTypes.DENY,
});

it.each([
  ['the right to read a topic', async () => {
    const acl = [denial(deliveries, AclOperationTypes.READ)];
    await admin.createAcls({ acl });
    return () => admin.deleteAcls({ filters: acl });
  }],
  ['every right to a topic', async () => {
    const acl = [denial(deliveries, AclOperationTypes.ALL)];
    await admin.createAcls({ acl });
    return () => admin.deleteAcls({ filters: acl });
  }],
  ['a topic', async () => {
    await admin.deleteTopics({ topics: [topicName(PREFIX, deliveries)] });
    return () => applyTopics(createKafka(owner), PREFIX, [deliveries]);
  }],
])('reads the other topics on without %s, says so, and goes on when it is back: the process ended', async (_, take) => {
  told.length = 0;
  const read: string[] = [];
  const crashes: Error[] = [];
  const server = new KafkaServer({ kafka: dispatcher, group: 'dispatcher', transportId: WORK, putAway: passOver, onCrash: (error) => void crashes.push(error) });
  members.push(server);
  const handle = ({ records }: RecordBatch): Promise<void> => {
    for (const record of records) {
      read.push(String(record.value));
      record.done();
    }
    return Promise.resolve();
  };
  const before = await committed(deliveries);
  for (const topic of [events, deliveries]) server.addHandler(topic.name, handle as never, true);
  await joined(server);
  await publish(events, 'event 1');
  await publish(deliveries, 'delivery 1');
  await eventually('both are read', () => read.length === 2);
  expect(server.unreadable).toEqual([]);
  // Without the right to read, nothing can be committed either.
  await eventually('the delivery is committed', async () => (await committed(deliveries)) === before + 1);

  const giveBack = await take();
  await eventually('it says so', () => server.unreadable.some((line) => line.startsWith('unreadable.deliveries cannot be read')));
  await publish(events, 'event 2');
  await eventually('the other topic is read', () => read.includes('event 2'));

  await giveBack();
  await publish(deliveries, 'delivery 2');
  await eventually('it is read again', () => read.includes('delivery 2'));
  await publish(events, 'event 3');
  await eventually('so is the other', () => read.includes('event 3'));
  expect(server.unreadable).toEqual([]);
  expect(read.toSorted()).toEqual(['delivery 1', 'delivery 2', 'event 1', 'event 2', 'event 3']);
  expect(told).toEqual([{ topic: 'unreadable.deliveries', isReadable: false }, { topic: 'unreadable.deliveries', isReadable: true }]);
  expect(crashes).toEqual([]);
}, 180_000);
