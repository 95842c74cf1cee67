import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { configState, events } from '@nuncio/contracts';
import { freePort, type KafkaNode, type OwnServers, ownServers, startKafka } from '@nuncio/embedded';
import { Cable } from '@nuncio/fixtures';
import { applyTopics, type BatchHandler, BatchProducer, createKafka, kafkaFaults, KafkaServer, Offsets, passOver, topicName, type KafkaSettings, TopicTail } from '../index.js';
import { eventually } from '../testing/eventually.js';
import { joined } from '../testing/joined.js';

let servers: OwnServers;
let node: KafkaNode;
/** What `KAFKA_BROKERS` names: it stays, as a load balancer does. */
let seed: Cable;
let first: Cable;
let second: Cable;
let kafka: KafkaSettings;

beforeAll(async () => {
  Logger.overrideLogger(false);
  servers = await ownServers('moved');
  const near = await freePort();
  [node] = (await startKafka({ ...servers, kafkaProperties: `advertised.listeners=CLIENT://127.0.0.1:${near}\n` })) as [KafkaNode];
  [seed, first, second] = await Promise.all([Cable.to(`kafka://${node.address}`), Cable.to(`kafka://${node.address}`, near), Cable.to(`kafka://${node.address}`)]);
  kafka = { brokers: [seed.url.host], topicPrefix: 'moved', clientId: 'spec' };
  await applyTopics(createKafka(kafka), kafka.topicPrefix, [events, configState]);
});
afterAll(async () => {
  await Promise.all([seed, first, second].map((cable) => cable.cut()));
  await servers.stop();
});

it('finds brokers that have all got other addresses, by those that it was given', async () => {
  const crashes: string[] = [];
  const read: string[] = [];
  const followed: string[] = [];
  const server = new KafkaServer({ kafka, group: 'workers', transportId: Symbol('workers'), putAway: passOver, onCrash: (error) => void crashes.push(String(error)) });
  const handle: BatchHandler = ({ records }) => {
    for (const record of records) {
      read.push(String(record.value));
      record.done();
    }
    return Promise.resolve();
  };
  server.addHandler(events.name, handle as never, true);
  await joined(server);
  const tail = new TopicTail(kafka, configState, { sinceMs: 60_000, onRecord: ({ value }) => void followed.push(String(value)) });
  tail.start();
  const producer = await BatchProducer.connected(kafka);
  const offsets = new Offsets(kafka);
  const write = (value: string): Promise<unknown> => Promise.all([events, configState].map((topic) => producer.send(topic, { key: value, value })));
  const isThere = (value: string): boolean => [read, followed].every((values) => values.includes(value));
  await write('before');
  await offsets.know([topicName(kafka.topicPrefix, events)]);
  await eventually('it is read', () => isThere('before'));

  await node.stop();
  await first.cut();
  const settings = join(servers.dir, 'kafka', 'server.properties');
  await writeFile(settings, (await readFile(settings, 'utf8')).replaceAll(first.url.host, second.url.host));
  await node.start();
  await write('after');
  await eventually('it is read at the new address', () => isThere('after'));
  await offsets.know([topicName(kafka.topicPrefix, events)]);
  await eventually('it is a member', () => server.isMember);
  await eventually('nothing is said any more', () => kafkaFaults().length === 0);
  expect([read, followed, crashes, kafkaFaults()]).toEqual([['before', 'after'], ['before', 'after'], [], []]);
  await Promise.all([server.close(), tail.stop(), producer.disconnect(), offsets.disconnect()]);
});
