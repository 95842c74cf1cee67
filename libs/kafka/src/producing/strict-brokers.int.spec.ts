import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { events } from '@nuncio/contracts';
import { type KafkaNode, type OwnServers, ownServers, startKafka } from '@nuncio/embedded';
import kafkajs from 'kafkajs';
import { applyTopics, BatchProducer, createKafka, kafkaFaults, KafkaServer, passOver, topicName, type KafkaSettings } from '../index.js';
import { eventually } from '../testing/eventually.js';
import { joined } from '../testing/joined.js';

const SHORT_SESSIONS = 'group.max.session.timeout.ms=8000';
let servers: OwnServers;
let node: KafkaNode;
let kafka: KafkaSettings;
const crashes: string[] = [];

beforeAll(async () => {
  Logger.overrideLogger(false);
  servers = await ownServers('strict');
  [node] = (await startKafka({ ...servers, kafkaProperties: `group.max.size=2\nsocket.request.max.bytes=1200000\n${SHORT_SESSIONS}\n` })) as [KafkaNode];
  kafka = { brokers: [node.address], topicPrefix: 'strict', clientId: 'spec' };
  await applyTopics(createKafka(kafka), kafka.topicPrefix, [events]);
});
afterAll(() => servers.stop());

/** The end of the only sentence that is said. */
const said = (): string | undefined => kafkaFaults().at(-1)?.split(' cannot be joined: ')[1]?.split('. ')[0];

function member(group: string): KafkaServer {
  const server = new KafkaServer({ kafka, group, transportId: Symbol(group), putAway: passOver, onCrash: (error) => void crashes.push(String(error)) });
  server.addHandler(events.name, (() => Promise.resolve()) as never, true);
  return server;
}

it('writes more than the brokers take in one request, which close the connection instead of saying so: the same requests were sent again for ever', async () => {
  const producer = await BatchProducer.connected(kafka);
  for (const bytes of [300_000, 900_000])
    await Promise.all(Array.from({ length: 20 }, (_, n) => producer.send(events, { key: `${n}`, value: Buffer.alloc(bytes) }, AbortSignal.timeout(120_000))));
  await producer.disconnect();
});

it('joins a group as soon as the cluster allows its session, has room for it, or a stranger has left it, and says meanwhile what to do: the process ended, and the next one as well', async () => {
  const first = member('workers');
  const isFirstIn = joined(first);
  await eventually('the session is refused', () => said() === 'the cluster does not allow its session of 10 s');
  const settings = join(servers.dir, 'kafka', 'server.properties');
  await node.stop();
  await writeFile(settings, (await readFile(settings, 'utf8')).replace(SHORT_SESSIONS, ''));
  await node.start();
  await isFirstIn;
  await eventually('nothing is said any more', () => kafkaFaults().length === 0);

  const [second, third] = [member('workers'), member('workers')];
  await joined(second);
  const isThirdIn = joined(third);
  await eventually('the group is full', () => said() === 'it has as many members as the cluster allows');
  expect([first, second, third].map(({ isMember }) => isMember)).toEqual([true, true, false]);
  await first.close();
  await isThirdIn;
  await eventually('nothing is said any more', () => kafkaFaults().length === 0);
  await Promise.all([second.close(), third.close()]);

  const stranger = new kafkajs.Kafka({ brokers: kafka.brokers, logLevel: kafkajs.logLevel.NOTHING }).consumer({
    groupId: `${kafka.topicPrefix}.workers`,
    partitionAssigners: [(config) => ({ ...kafkajs.PartitionAssigners.roundRobin(config), name: 'range', protocol: (subscription) => ({ ...kafkajs.PartitionAssigners.roundRobin(config).protocol(subscription), name: 'range' }) })],
  });
  await stranger.connect();
  await stranger.subscribe({ topic: topicName(kafka.topicPrefix, events) });
  const isStrangerIn = new Promise((resolve) => stranger.on('consumer.group_join', resolve));
  await stranger.run({ eachMessage: () => Promise.resolve() });
  await isStrangerIn;
  const last = member('workers');
  const isLastIn = joined(last);
  await eventually('there is a stranger', () => said() === 'it has members that are not of Nuncio');
  await stranger.disconnect();
  await isLastIn;
  await eventually('nothing is said any more', () => kafkaFaults().length === 0);
  expect([kafkaFaults(), crashes]).toEqual([[], []]);
  await last.close();
});
