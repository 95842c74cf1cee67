import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { events, type Topic } from '@nuncio/contracts';
import { type KafkaNode, startStack, type Stack } from '@nuncio/embedded';
import type { Kafka } from 'kafkajs';
import { applyTopics, type BatchHandler, BatchProducer, createKafka, KafkaServer, passOver, topicName, type KafkaSettings, type RecordBatch } from '../index.js';
import { keyPartitioner } from './partitioner.js';
import { joined } from '../testing/joined.js';

const EVERY_MS = 10;
/** Records written at a time, so that a batch goes to all three brokers. */
const AT_ONCE = 10;
/** A group whose coordinator was killed has another one when the cluster misses that broker, after 9 s. */
const REGROUPED_WITHIN_MS = 150_000;

async function eventually(look: () => void | Promise<void>, withinMs = REGROUPED_WITHIN_MS): Promise<void> {
  for (const deadline = Date.now() + withinMs; ;) {
    try {
      await look();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await pause(50);
    }
  }
}

describe('on three brokers', () => {
  let dir: string;
  let stack: Stack;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'nuncio-three-brokers-'));
    stack = await startStack({ dir, kafkaNodes: 3, env: { ...process.env, KAFKA_BROKERS: undefined, NUNCIO_STACK: undefined } });
  });
  afterAll(async () => {
    await stack.stop();
    await rm(dir, { recursive: true, force: true });
  });

  /** A topic with three copies, and its producer. */
  async function begun(topicPrefix: string, minInsync?: number): Promise<{ settings: KafkaSettings; client: Kafka; producer: BatchProducer }> {
    const settings = { brokers: stack.brokers.split(','), topicPrefix, clientId: 'spec' };
    const client = createKafka(settings);
    await applyTopics(client, topicPrefix, [events], { replication: 3, minInsync });
    return { settings, client, producer: await BatchProducer.connected(settings) };
  }

  /** The broker that leads the partition of `__consumer_offsets` which a group's name falls to: Java's hash of it. */
  async function coordinatorOf(client: Kafka, group: string): Promise<KafkaNode> {
    const admin = client.admin();
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: ['__consumer_offsets'] });
    await admin.disconnect();
    const partitions = topics[0]?.partitions ?? [];
    const hash = Buffer.from(group).reduce((sum, byte) => (Math.imul(31, sum) + byte) | 0, 0);
    const leader = partitions.find(({ partitionId }) => partitionId === (hash & 0x7fffffff) % partitions.length)?.leader ?? 0;
    const node = stack.kafka[leader - 1];
    if (!node) throw new Error(`${group} has no coordinator`);
    return node;
  }

  it('has every record that was acknowledged, and hands it over, while each broker restarts and a coordinator is killed', async () => {
    const { settings, client, producer } = await begun('restarts');
    const reader = await Reader.of(settings, events);
    const writer = new Writer(producer, events);
    for (const node of stack.kafka) {
      await node.stop();
      await node.start();
    }
    expect(reader.again).toEqual([]);
    const killed = await coordinatorOf(client, 'restarts.readers');
    await killed.kill();
    const sent = writer.sent;
    await eventually(() => {
      expect(reader.values).toContain(String(sent + 1_000));
    });
    await killed.start();
    const acknowledged = await writer.stop();
    expect(acknowledged.length).toBeGreaterThan(1_000);
    const later = await Reader.of(settings, events, 'later');
    for (const { values } of [later, reader])
      await eventually(() => {
        expect(acknowledged.filter((value) => !values.has(value))).toEqual([]);
      });
    await later.close();
    await reader.close();
    await producer.disconnect();
  });

  it('waits while too few copies are in sync, and then writes everything', async () => {
    const { client, producer, settings } = await begun('in-sync', 3);
    const [gone] = stack.kafka;
    await gone?.stop();
    const impatient = client.producer({ retry: { retries: 0 }, createPartitioner: keyPartitioner });
    await impatient.connect();
    // Its leader may be the broker that is gone, until the client has heard of the next one.
    const refusal = () => impatient.send({ topic: topicName(settings.topicPrefix, events), messages: [{ key: 'k', value: 'refused' }], acks: -1 }).then(() => 'none', String);
    let said = '';
    await eventually(async () => {
      said = await refusal();
      expect(said).toMatch(/none|fewer in-sync replicas than required/);
    });
    expect(said).not.toBe('none');
    await impatient.disconnect();
    let acknowledged = 0;
    const sends = Array.from({ length: 100 }, (_, n) => producer.send(events, { key: `${n}`, value: `${n}` }).then(() => (acknowledged += 1)));
    await pause(1_000);
    expect(acknowledged).toBe(0);
    await gone?.start();
    await Promise.all(sends);
    const reader = await Reader.of(settings, events);
    await eventually(() => {
      expect(reader.values.size).toBe(sends.length);
    });
    await reader.close();
    await producer.disconnect();
  });
});

/** Sends numbers, one after another, until it is stopped. */
class Writer {
  readonly #acknowledged: string[] = [];
  readonly #sends: Promise<unknown>[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(producer: BatchProducer, topic: Topic) {
    this.#timer = setInterval(() => {
      for (let i = 0; i < AT_ONCE; i++) {
        const value = String(this.#sends.length);
        this.#sends.push(producer.send(topic, { key: value, value }).then(() => this.#acknowledged.push(value)));
      }
    }, EVERY_MS);
  }

  get sent(): number {
    return this.#sends.length;
  }

  /** Resolves when everything that was sent is acknowledged. */
  async stop(): Promise<readonly string[]> {
    clearInterval(this.#timer);
    await Promise.all(this.#sends);
    return this.#acknowledged;
  }
}

/** Reads everything from the beginning, in a group of its own. */
class Reader {
  readonly values = new Set<string>();
  /** Values that were handed over twice. */
  readonly again: string[] = [];
  readonly #seen = new Set<string>();
  readonly #server: KafkaServer;

  private constructor(kafka: KafkaSettings, topic: Topic, group: string) {
    this.#server = new KafkaServer({ kafka, group, transportId: Symbol('readers'), drainMs: 2_000, putAway: passOver });
    const handle: BatchHandler = async (batch) => {
      this.#take(batch);
    };
    this.#server.addHandler(topic.name, handle as never, true);
  }

  /** Returns a reader that has joined its group. */
  static async of(kafka: KafkaSettings, topic: Topic, group = 'readers'): Promise<Reader> {
    const reader = new Reader(kafka, topic, group);
    await joined(reader.#server);
    return reader;
  }

  async close(): Promise<void> {
    await this.#server.close();
  }

  #take({ records, partition }: RecordBatch): void {
    for (const record of records) {
      const place = `${partition} ${record.offset}`;
      if (this.#seen.has(place)) this.again.push(place);
      this.#seen.add(place);
      this.values.add(String(record.value));
      record.done();
    }
  }
}
