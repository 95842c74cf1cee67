import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { configState, events } from '@nuncio/contracts';
import kafkajs from 'kafkajs';
import { applyTopics, BatchProducer, ConfigView, createKafka, KafkaServer, Offsets, passOver, topicName, TopicTail, type KafkaSettings } from '../index.js';
import { joined } from '../testing/joined.js';

/** Longer than brokers are asked in vain before it is a fault. */
const ASKED_MS = 6_000;
const kafka: KafkaSettings = { brokers: (process.env.KAFKA_BROKERS ?? '').split(','), topicPrefix: `foreign-${randomUUID().slice(0, 8)}`, clientId: 'spec' };
const client = createKafka(kafka);
const admin = client.admin();
beforeAll(() => admin.connect());
afterAll(() => admin.disconnect());

it('makes no topic by asking for it, on a cluster that would make one: a deleted topic came back with the wrong settings, and nobody heard of it', async () => {
  const server = new KafkaServer({ kafka, group: 'asking', transportId: Symbol('work'), putAway: passOver });
  server.addHandler(events.name, (() => Promise.resolve()) as never, true);
  const view = new ConfigView(kafka, ['tenant']);
  const tail = new TopicTail(kafka, events, { sinceMs: 0, onRecord: () => undefined });
  const producer = await BatchProducer.connected(kafka);
  const offsets = new Offsets(kafka);
  const transactional = client.producer({ transactionalId: `${kafka.topicPrefix}.asking`, maxInFlightRequests: 1, retry: { retries: 1 }, createPartitioner: () => () => 0 });
  await transactional.connect();
  const transaction = await transactional.transaction();
  const asking = [
    joined(server),
    view.start(),
    producer.send(events, { key: 'k', value: 'v' }, AbortSignal.timeout(ASKED_MS)),
    offsets.know([topicName(kafka.topicPrefix, events)]),
    transaction.send({ topic: topicName(kafka.topicPrefix, events), messages: [{ value: 'v' }] }),
    admin.fetchTopicOffsets(topicName(kafka.topicPrefix, events)),
  ];
  tail.start();
  for (const one of asking) one.catch(() => undefined);
  const asked = Promise.allSettled(asking.slice(2));
  await pause(ASKED_MS);
  const made = (await admin.listTopics()).filter((name) => name.startsWith(kafka.topicPrefix));
  await Promise.allSettled([server.close(), view.stop(), tail.stop(), producer.disconnect(), offsets.disconnect(), asked]);
  await transactional.disconnect();
  expect(made).toEqual([]);
  // The cluster makes topics for those who ask for them.
  const plain = new kafkajs.Kafka({ brokers: kafka.brokers, logLevel: kafkajs.logLevel.NOTHING }).producer({ createPartitioner: () => () => 0 });
  await plain.connect();
  await plain.send({ topic: `${kafka.topicPrefix}.theirs`, messages: [{ value: 'v' }] });
  await plain.disconnect();
  expect((await admin.listTopics()).filter((name) => name.startsWith(kafka.topicPrefix))).toEqual([`${kafka.topicPrefix}.theirs`]);
});

it('begins with brokers whose addresses are of IPv6: their names were cut at the first colon', async () => {
  const [host = '', port = ''] = (kafka.brokers[0] ?? '').split(':');
  const relay = createServer((socket) => {
    const broker = connect(Number(port), host);
    for (const one of [socket, broker]) one.on('error', () => undefined);
    socket.pipe(broker).pipe(socket);
  }).listen(0, '::1');
  await once(relay, 'listening');
  const settings = { ...kafka, brokers: [`[::1]:${(relay.address() as AddressInfo).port}`] };
  await applyTopics(createKafka(settings), kafka.topicPrefix, [configState]);
  expect(await admin.listTopics()).toContain(topicName(kafka.topicPrefix, configState));
  relay.close();
});
