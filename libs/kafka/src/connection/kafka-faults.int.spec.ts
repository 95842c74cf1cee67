import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { attempts, configState, deliveries, events, pulse, signals, type AggregateRecord, type Topic } from '@nuncio/contracts';
import { type OwnServers, ownServers, startKafka } from '@nuncio/embedded';
import kafkajs, { type AclEntry, type Admin } from 'kafkajs';
import { applyAccess, applyTopics, BatchProducer, ConfigView, createKafka, describeFault, KafkaEnv, kafkaFaultChanges, kafkaFaults, kafkaFor, KafkaServer, passOver, printedAccess, TopicTail, topicName, withAdmin, type KafkaSettings } from '../index.js';
import { collect } from '../testing/collect.js';
import { eventually } from '../testing/eventually.js';
import { joined } from '../testing/joined.js';
import { ownCertificate } from '../testing/own-certificate.js';

const PREFIX = 'unreadable';
const WORK = Symbol('work');
const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
const { TOPIC, GROUP, TRANSACTIONAL_ID } = AclResourceTypes;
let servers: OwnServers;
let dispatcher: KafkaSettings;
let owner: KafkaSettings;
let admin: Admin;
let producer: BatchProducer;
const members: KafkaServer[] = [];
const told: unknown[] = [];
const crashes: Error[] = [];
/** By any member of the group. */
const read: string[] = [];

beforeAll(async () => {
  kafkaFaultChanges.subscribe((message) => void told.push(message));
  servers = await ownServers('unreadable');
  const files = ownCertificate(servers.dir);
  const [node] = await startKafka({ ...servers, tls: files });
  const as = (mechanism: string, user: string, password: string): KafkaSettings =>
    kafkaFor(KafkaEnv.parse({ KAFKA_BROKERS: node!.address, TOPIC_PREFIX: PREFIX, KAFKA_SSL_CA_FILE: files.cert, KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: user, KAFKA_SASL_PASSWORD: password }), 'dispatcher');
  owner = as('plain', 'nuncio', (await readFile(join(servers.dir, 'kafka', 'password'), 'utf8')).trim());
  dispatcher = as('scram-sha-512', 'nuncio_dispatcher', servers.identities.dispatcher);
  const kafka = createKafka(owner);
  await applyTopics(kafka, PREFIX, [events, deliveries, attempts, configState, pulse, signals]);
  await applyAccess(kafka, PREFIX, 'nuncio');
  admin = kafka.admin();
  producer = new BatchProducer(kafka, PREFIX);
  await Promise.all([admin.connect(), producer.connect()]);
  // Here the dispatcher's user publishes configuration, too.
  await admin.createAcls({ acl: [{ ...denied(TRANSACTIONAL_ID, `${PREFIX}.config-relay`, AclOperationTypes.WRITE), permissionType: AclPermissionTypes.ALLOW }] });
  // A broker applies rights a moment later.
  const reader = createKafka(dispatcher, { initialRetryTime: 100, maxRetryTime: 500, retries: 100 }).admin();
  await reader.connect();
  const topics = [events, deliveries].map((topic) => topicName(PREFIX, topic));
  while (!(await reader.fetchOffsets({ groupId: `${PREFIX}.dispatcher`, topics }).catch(() => null))) await pause(200);
  await reader.disconnect();
});
afterEach(() => Promise.all(members.splice(0).map((server) => server.close())));
afterAll(async () => {
  await Promise.all([admin.disconnect(), producer.disconnect()]);
  await servers.stop();
});

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
  read.length = 0;
  const server = new KafkaServer({ kafka: dispatcher, group: 'dispatcher', transportId: WORK, putAway: passOver, onCrash: (error) => void crashes.push(error) });
  members.push(server);
  const before = await committed(deliveries);
  for (const topic of [events, deliveries]) server.addHandler(topic.name, collect(read) as never, true);
  await joined(server);
  await publish(events, 'event 1');
  await publish(deliveries, 'delivery 1');
  await eventually('both are read', () => read.length === 2);
  await eventually('nothing is said any more', () => kafkaFaults().length === 0);
  // Without the right to read, nothing can be committed either.
  await eventually('the delivery is committed', async () => (await committed(deliveries)) === before + 1);

  const giveBack = await take();
  await eventually('it says so', () => kafkaFaults().some((line) => line.startsWith('unreadable.deliveries cannot be read')));
  await publish(events, 'event 2');
  await eventually('the other topic is read', () => read.includes('event 2'));

  await giveBack();
  await publish(deliveries, 'delivery 2');
  await eventually('it is read again', () => read.includes('delivery 2'));
  await publish(events, 'event 3');
  await eventually('so is the other', () => read.includes('event 3'));
  await eventually('nothing is said any more', () => kafkaFaults().length === 0);
  expect(read.toSorted()).toEqual(['delivery 1', 'delivery 2', 'event 1', 'event 2', 'event 3']);
  expect(told).toEqual([true, false].map((isStanding) => ({ kind: 'read', name: 'unreadable.deliveries', isStanding })));
  expect(crashes).toEqual([]);
});

it.each([
  ['the right to write it', 1, async () => {
    const acl = [denial(attempts, AclOperationTypes.WRITE)];
    await admin.createAcls({ acl });
    return () => admin.deleteAcls({ filters: acl });
  }],
  ['the topic', 0, async () => {
    await admin.deleteTopics({ topics: [topicName(PREFIX, attempts)] });
    return () => applyTopics(createKafka(owner), PREFIX, [attempts]);
  }],
])('notices that a topic can be written again although nobody writes any more, and writes nothing to find out, when %s was away: it was told until the next record', async (_, records, take) => {
  const writer = await BatchProducer.connected(dispatcher);
  await writer.send(attempts, { key: 'a', value: 'before' });
  const giveBack = await take();
  await expect(writer.send(attempts, { key: 'a', value: 'meanwhile' }, AbortSignal.timeout(10_000))).rejects.toThrow();
  expect(kafkaFaults()).toEqual([expect.stringMatching(/^unreadable\.attempts cannot be written/)]);
  await giveBack();
  await eventually('it is over', () => kafkaFaults().length === 0);
  const written = await admin.fetchTopicOffsets(topicName(PREFIX, attempts));
  expect(written.reduce((sum, { high }) => sum + Number(high), 0)).toBe(records);
  await writer.disconnect();
});

/** Something that needs a right, and is used before, while and after the right is missing. */
interface Use {
  /** What is said while it is missing. */
  readonly told: RegExp;
  /** Whether it works now; it may have to be asked several times. */
  works(): Promise<boolean> | boolean;
  /** Of what goes on although the right is missing. */
  goesOn?(): Promise<boolean> | boolean;
  stop(): Promise<unknown>;
  /** Something that is done only once the right is back. */
  waits?(): Promise<unknown>;
  /** What it says while the right is missing, if not `kafkaFaults`. */
  says?(): string;
}

const onCrash = (error: Error): void => void crashes.push(error);
let number = 0;

async function serving(isStarted: boolean): Promise<Use> {
  const server = new KafkaServer({ kafka: dispatcher, group: 'dispatcher', transportId: WORK, putAway: passOver, watchEveryMs: 1_000, onCrash });
  server.addHandler(events.name, collect(read) as never, true);
  if (isStarted) await joined(server);
  else server.listen(() => undefined);
  return {
    told: /^the group unreadable\.dispatcher cannot be joined: this user lacks the right\. Run node /,
    works: async () => {
      const mark = `event ${++number}`;
      await publish(events, mark);
      await eventually('a record is read', () => read.includes(mark));
      return server.isMember;
    },
    stop: () => server.close(),
  };
}

async function viewing(told: RegExp): Promise<Use> {
  const write = async (): Promise<number> => {
    const position = ++number;
    const record: AggregateRecord = { kind: 'tenant', id: 'acme', position, version: 1, at: 0, state: { id: 'acme', name: `Acme ${position}`, state: 'active', reason: null } };
    await producer.sendJson(configState, 'tenant-acme', record);
    return position;
  };
  await write();
  const view = new ConfigView(dispatcher, ['tenant'], onCrash);
  await view.start();
  return {
    told,
    works: async () => view.waitFor(await write(), 30_000),
    goesOn: () => view.get('tenant', 'acme') !== undefined,
    stop: () => view.stop(),
  };
}

function tailing(): Promise<Use> {
  const read: string[] = [];
  const tail = new TopicTail(dispatcher, configState, { sinceMs: 600_000, onRecord: ({ value }) => void read.push(String(value)) });
  tail.start();
  const works = async (): Promise<boolean> => {
    const mark = `record ${++number}`;
    await producer.send(configState, { key: 'mark', value: mark });
    await eventually('the tail has it', () => read.includes(mark));
    return true;
  };
  return Promise.resolve({ told: /^unreadable\.config\.state cannot be read: this user lacks the right\. Run node /, works, stop: () => tail.stop() });
}

async function writing(): Promise<Use> {
  const own = new BatchProducer(createKafka(dispatcher), PREFIX);
  await own.connect();
  const works = (): Promise<boolean> => own.send(attempts, { key: 'k', value: 'a fact' }).then(() => true);
  const goesOn = (): Promise<boolean> => own.send(signals, { key: 'k', value: 'a signal' }).then(() => true);
  return { told: /^unreadable\.attempts cannot be written: this user lacks the right\. Run node /, works, waits: works, goesOn, stop: () => own.disconnect() };
}

/** What is asked again from time to time, or at the next start. */
function asking(told: RegExp, ask: () => Promise<unknown>): Promise<Use> {
  let said = '';
  const works = (): Promise<boolean> => ask().then(() => true, (error: unknown) => {
    said = describeFault(error);
    return false;
  });
  return Promise.resolve({ told, works, says: () => said, stop: () => Promise.resolve() });
}

const transacting = (): Promise<Use> =>
  asking(/authoriz.*This user lacks the right\. Run node /i, async () => {
    const transactional = createKafka(dispatcher).producer({ transactionalId: `${PREFIX}.config-relay`, maxInFlightRequests: 1, createPartitioner: () => () => 0 });
    try {
      await transactional.connect();
      const transaction = await transactional.transaction();
      await transaction.send({ topic: topicName(PREFIX, attempts), messages: [{ key: 'k', value: 'a change' }] });
      await transaction.commit();
    } finally {
      await transactional.disconnect();
    }
  });

const asAdmin = (ask: (admin: Admin) => Promise<unknown>) => (): Promise<Use> =>
  asking(/authoriz.*This user lacks the right\. Run node /i, () => withAdmin(createKafka(dispatcher), ask));

const refusalOf = (error: unknown): (Error & { type?: string }) | undefined => (error as { groups?: { error?: Error }[] }).groups?.[0]?.error;

const denied = (resourceType: kafkajs.AclResourceTypes, resourceName: string, operation: kafkajs.AclOperationTypes): AclEntry => ({ ...denial(events, operation), resourceType, resourceName, resourcePatternType: resourceName.endsWith('.') ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL });

/** Every kind of right that `access` gives, what is denied of it, and what needs it. */
const NEEDED: Partial<Record<string, { readonly deny: () => AclEntry[]; readonly uses: readonly (() => Promise<Use>)[]; readonly late?: () => Promise<Use> }>> = {
  'READ GROUP': {
    deny: () => [denied(GROUP, `${PREFIX}.dispatcher`, AclOperationTypes.READ), denied(GROUP, `${PREFIX}.view.dispatcher.`, AclOperationTypes.ALL)],
    uses: [() => serving(true), () => viewing(/^the group unreadable\.view\.dispatcher\.[-0-9a-f]+ cannot be joined: this user lacks the right\. Run node /)],
    late: () => serving(false),
  },
  'READ TOPIC': { deny: () => [denied(TOPIC, topicName(PREFIX, configState), AclOperationTypes.READ)], uses: [() => viewing(/^unreadable\.config\.state cannot be read: this user lacks the right\. Run node /), tailing], late: tailing },
  'WRITE TOPIC': { deny: () => [denied(TOPIC, topicName(PREFIX, attempts), AclOperationTypes.WRITE)], uses: [writing] },
  'WRITE TRANSACTIONAL_ID': { deny: () => [denied(TRANSACTIONAL_ID, `${PREFIX}.config-relay`, AclOperationTypes.WRITE)], uses: [transacting] },
  // The rest is asked for now and then: a refusal is an error that says what to do.
  'DESCRIBE TOPIC': { deny: () => [denied(TOPIC, topicName(PREFIX, signals), AclOperationTypes.DESCRIBE)], uses: [asAdmin((own) => own.fetchTopicOffsets(topicName(PREFIX, signals)))] },
  'DESCRIBE GROUP': { deny: () => [denied(GROUP, `${PREFIX}.dispatcher`, AclOperationTypes.DESCRIBE)], uses: [asAdmin((own) => own.fetchOffsets({ groupId: `${PREFIX}.dispatcher`, topics: [topicName(PREFIX, events)] }))] },
  'DESCRIBE_CONFIGS TOPIC': {
    deny: () => [denied(TOPIC, topicName(PREFIX, signals), AclOperationTypes.DESCRIBE_CONFIGS)],
    uses: [asAdmin((own) => own.describeConfigs({ includeSynonyms: false, resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topicName(PREFIX, signals) }] }))],
  },
  'DELETE GROUP': {
    deny: () => [denied(GROUP, `${PREFIX}.view.dispatcher.`, AclOperationTypes.DELETE)],
    uses: [asAdmin((own) => own.deleteGroups([`${PREFIX}.view.dispatcher.gone`])
      .catch((error: unknown) => {
        const refusal = refusalOf(error);
        if (refusal?.type !== 'GROUP_ID_NOT_FOUND') throw refusal ?? error;
      }))],
  },
};

it('has a case for every kind of right', () => {
  const given = new Set(printedAccess(PREFIX, 'nuncio').map((line) => line.split(' ').slice(1, 3).join(' ')));
  expect([...given].toSorted()).toEqual(Object.keys(NEEDED).toSorted());
});

/** More than `watchEveryMs` allows a member to be silent. */
const LONG_MS = 8_000;

it.each(Object.keys(NEEDED))('waits for the right to %s, says what is missing, and goes on when it is given: the process ended', async (right) => {
  const { deny, uses: make, late } = NEEDED[right]!;
  const uses = await Promise.all(make.map((one) => one()));
  for (const use of uses) await eventually('it works', () => use.works());
  await admin.createAcls({ acl: deny() });
  const saysSo = async (use: Use): Promise<boolean> => (use.says ? !(await use.works()) && use.told.test(use.says()) : kafkaFaults().some((line) => use.told.test(line)));
  const waiting = uses.flatMap((use) => use.waits?.() ?? []);
  for (const use of uses) await eventually('it says so', () => saysSo(use));
  for (const use of uses) expect(await use.goesOn?.()).not.toBe(false);
  if (late) uses.push(await late());
  if (right === 'READ GROUP') await pause(LONG_MS);

  await admin.deleteAcls({ filters: deny() });
  await Promise.all(waiting);
  for (const use of uses) await eventually('it works again', () => use.works());
  await eventually('nothing is said any more', () => kafkaFaults().length === 0);
  await Promise.all(uses.map((use) => use.stop()));
  expect(crashes).toEqual([]);
});
