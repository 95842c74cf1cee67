import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { events, tiers } from '@nuncio/contracts';
import kafkajs from 'kafkajs';
import Broker from 'kafkajs/src/broker/index.js';
import { applyTopics, BatchProducer, createKafka, KafkaServer, passOver, topicName, type KafkaSettings, type RecordBatch } from '../index.js';
import { joined } from '../testing/joined.js';
import { planTopics } from './topics.js';

const kafka: KafkaSettings = { brokers: (process.env.KAFKA_BROKERS ?? '').split(','), topicPrefix: `topics-spec-${randomUUID().slice(0, 8)}`, clientId: 'spec' };
const client = createKafka(kafka);
const admin = client.admin();
const name = topicName(kafka.topicPrefix, events);
const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name };

beforeAll(async () => {
  await admin.connect();
  await applyTopics(client, kafka.topicPrefix, [events]);
});
afterAll(() => admin.disconnect());

async function settings(): Promise<Record<string, string>> {
  const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [resource] });
  return Object.fromEntries((resources[0]?.configEntries ?? []).map(({ configName, configValue }) => [configName, configValue]));
}
/** A broker shows a setting a moment after it has taken it. */
async function shows(values: Record<string, string>): Promise<void> {
  for (const deadline = Date.now() + 60_000; ; ) {
    const present = await settings();
    if (Object.entries(values).every(([entry, value]) => present[entry] === value)) return;
    if (Date.now() > deadline) expect(present).toMatchObject(values);
    await pause(50);
  }
}
async function setByHand(values: Record<string, string>): Promise<void> {
  await admin.alterConfigs({ validateOnly: false, resources: [{ ...resource, configEntries: Object.entries(values).map(([entry, value]) => ({ name: entry, value })) }] });
  await shows(values);
}

it('leaves what an operator has set: every migrate set back retention, compression and min.insync.replicas', async () => {
  const byHand = { 'retention.ms': '1209600000', 'compression.type': 'zstd', 'min.insync.replicas': '1', 'max.message.bytes': '5000000' };
  await setByHand({ ...byHand, 'cleanup.policy': 'compact' });
  const before = await planTopics(client, kafka.topicPrefix, [events]);
  expect(before[0]?.lines).toEqual(['gets cleanup.policy=delete (compact)', 'keeps retention.ms=1209600000, which was set by hand; the default is 604800000']);
  expect((await settings())['cleanup.policy']).toBe('compact');
  await applyTopics(client, kafka.topicPrefix, [events]);
  await shows({ ...byHand, 'cleanup.policy': 'delete' });
});

it('leaves it, too, where a broker knows the former request alone', async () => {
  const versions = Object.getOwnPropertyDescriptor(Broker.prototype, 'alterConfigs')!;
  const mended = versions.value as typeof Broker.prototype.alterConfigs;
  Broker.prototype.alterConfigs = function (this: Broker, changes) {
    return mended.call(Object.create(this, { versions: { value: Object.fromEntries(Object.entries(this.versions).filter(([key]) => key !== '44')) } }) as Broker, changes);
  };
  try {
    await setByHand({ 'segment.bytes': '20000000' });
    await setByHand({ 'cleanup.policy': 'compact' });
    await applyTopics(client, kafka.topicPrefix, [events]);
    await shows({ 'segment.bytes': '20000000', 'compression.type': 'zstd', 'cleanup.policy': 'delete' });
  } finally {
    Object.defineProperty(Broker.prototype, 'alterConfigs', versions);
  }
});

it('does nothing at all where a tier would forget what waits in it', async () => {
  const { topic } = tiers[3]!;
  await applyTopics(client, kafka.topicPrefix, [topic]);
  const tier = { type: kafkajs.ConfigResourceTypes.TOPIC, name: topicName(kafka.topicPrefix, topic) };
  await admin.alterConfigs({ validateOnly: false, resources: [{ ...tier, configEntries: [{ name: 'retention.ms', value: '60000' }] }] });
  for (const deadline = Date.now() + 60_000; Date.now() < deadline && !(await planTopics(client, kafka.topicPrefix, [topic]))[0]?.refusals.length; ) await pause(50);
  await expect(applyTopics(client, kafka.topicPrefix, [topic, tiers[4]!.topic])).rejects.toThrow(/delay\.2m keeps records for 60000 ms only.*Set retention\.ms to 720000 at least/);
  expect(await admin.listTopics()).not.toContain(topicName(kafka.topicPrefix, tiers[4]!.topic));
});

it('makes a topic on a cluster that refuses a default of ours, and says so: managed clusters let nobody change some settings, and no topic could be made', async () => {
  // What no broker takes.
  const topic = { ...events, name: 'managed', retentionMs: -5 };
  const [plan] = await applyTopics(client, kafka.topicPrefix, [topic]);
  expect(plan?.lines).toEqual(['is made, with 12 partitions', 'does without retention.ms=-5, which the cluster refuses']);
  const [again] = await planTopics(client, kafka.topicPrefix, [{ ...topic, retentionMs: 604_800_000 }]);
  expect(again?.lines).toEqual([]);
});

it('names the topic and the setting that it cannot do without: the error was that of the protocol', async () => {
  const needed = { ...events, name: 'needed', cleanup: 'neither' as 'delete' };
  await expect(applyTopics(client, kafka.topicPrefix, [needed])).rejects.toThrow(/needed cannot be made: .*\(INVALID_CONFIG\)/);
  await applyTopics(client, kafka.topicPrefix, [{ ...needed, cleanup: 'delete' }]);
  await expect(applyTopics(client, kafka.topicPrefix, [needed])).rejects.toThrow(/needed needs cleanup\.policy=neither, which the cluster refuses/);
});

it('reads every record of partitions that come while it runs, from their beginning, and once', async () => {
  const WORK = Symbol('work');
  const seen: string[] = [];
  const handle = ({ records }: RecordBatch): Promise<void> => {
    for (const record of records) {
      seen.push(String(record.value));
      record.done();
    }
    return Promise.resolve();
  };
  const servers = await Promise.all(
    [1, 2].map(async () => {
      const server = new KafkaServer({ kafka, group: 'growing', transportId: WORK, putAway: passOver });
      server.addHandler('events', handle as never, true);
      await joined(server);
      return server;
    }),
  );
  const producer = new BatchProducer(client, kafka.topicPrefix);
  await producer.connect();
  const sent: string[] = [];
  const send = async (): Promise<void> => {
    const value = `${sent.length}`;
    sent.push(value);
    await producer.send(events, { key: value, value });
  };
  try {
    for (let i = 0; i < 50; i++) await send();
    await applyTopics(client, kafka.topicPrefix, [events], { partitions: { events: 96 } });
    // A producer that knows of them at once writes before the group does.
    const quick = createKafka(kafka).producer();
    await quick.connect();
    await quick.send({ topic: name, messages: Array.from({ length: 200 }, (_, i) => ({ key: `q${i}`, value: `q${i}` })) });
    await quick.disconnect();
    sent.push(...Array.from({ length: 200 }, (_, i) => `q${i}`));
    for (const deadline = Date.now() + 40_000; Date.now() < deadline && (servers.some(({ share }) => share !== 0.5) || new Set(seen).size < sent.length); ) {
      await send();
      await pause(100);
    }
    expect([...new Set(seen)].sort()).toEqual([...sent].sort());
    expect(seen).toHaveLength(sent.length);
    expect(servers.map(({ share, partitions }) => [share, [...partitions].length])).toEqual([[0.5, 48], [0.5, 48]]);
  } finally {
    await Promise.all(servers.map((server) => server.close()));
    await producer.disconnect();
  }
});
