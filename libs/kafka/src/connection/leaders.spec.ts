import '../kafkajs/kafkajs-patches.js';
import { describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { attempts, events } from '@nuncio/contracts';
import fc from 'fast-check';
import kafkajs, { type Kafka, type Producer, type ProducerConfig } from 'kafkajs';
import type { ProduceRequest, ProduceResponse, TopicData } from 'kafkajs/src/cluster/index.js';
import { createErrorFromCode } from 'kafkajs/src/protocol/error.js';
import apiKeys from 'kafkajs/src/protocol/requests/apiKeys.js';
import { BatchProducer } from '../producing/batch-producer.js';
import { murmur2 } from '../producing/partitioner.js';

/**
 * What happens to a produce request to one broker. `written`: the records are written, and the acknowledgement is lost.
 */
type Fault =
  | { readonly kind: 'none' }
  /** Before the broker handles it. */
  | { readonly kind: 'move'; readonly of: string; readonly to: number }
  | { readonly kind: 'closed' | 'timed out'; readonly written: boolean }
  /** For one of the partitions in the request. */
  | { readonly kind: 'error'; readonly code: number; readonly nth: number };

const NOT_LEADER = 6;
const NOT_ENOUGH_REPLICAS = 19;
const NOT_ENOUGH_REPLICAS_AFTER_APPEND = 20;
const TOPIC_AUTHORIZATION_FAILED = 29;
const OUT_OF_ORDER_SEQUENCE_NUMBER = 45;

/** Brokers that lead partitions, as a producer sees them: it knows the leaders of the time when it last asked. */
class ModelCluster {
  /** The records of a partition, whichever broker leads it. */
  readonly logs = new Map<string, string[]>();
  /** The error that a partition answers for ever. */
  readonly refusals = new Map<string, number>();
  readonly #leaders = new Map<string, number>();
  readonly #sequences = new Map<string, { first: number; next: number }>();
  #epoch = 0;
  brokerPool = { metadata: {} };
  readonly connectionPoolBuilder = {
    build: () => Promise.resolve({ send: async ({ request, response }: { request: { answer: () => ProduceResponse }; response: { parse: (data: ProduceResponse) => unknown } }) => response.parse(request.answer()) }),
  };

  constructor(
    private readonly topics: Readonly<Record<string, readonly number[]>>,
    private readonly faults: Fault[] = [],
  ) {
    for (const [topic, leaders] of Object.entries(topics)) leaders.forEach((leader, partition) => this.#leaders.set(`${topic} ${partition}`, leader));
    void this.refreshMetadata();
  }

  readonly connect = () => Promise.resolve();
  readonly disconnect = () => Promise.resolve();
  readonly isConnected = () => true;
  readonly addMultipleTargetTopics = () => Promise.resolve();
  readonly refreshMetadataIfNecessary = () => Promise.resolve();
  readonly removeBroker = () => undefined;
  readonly findGroupCoordinator = () => Promise.resolve(this.#coordinator);

  refreshMetadata(): Promise<void> {
    const topicMetadata = Object.entries(this.topics).map(([topic, leaders]) => ({
      topic,
      topicErrorCode: 0,
      partitionMetadata: leaders.map((_, partitionId) => ({ partitionId, leader: this.#leaders.get(`${topic} ${partitionId}`) ?? -1 })),
    }));
    this.brokerPool.metadata = { topicMetadata };
    return Promise.resolve();
  }

  move(place: string, leader: number): void {
    this.#leaders.set(place, leader);
  }

  #known() {
    return this.brokerPool.metadata as { topicMetadata: { topic: string; partitionMetadata: { partitionId: number; leader: number }[] }[] };
  }

  findTopicPartitionMetadata(topic: string) {
    return this.#known().topicMetadata.find((one) => one.topic === topic)?.partitionMetadata ?? [];
  }

  /** As in kafkajs. */
  findLeaderForPartitions(topic: string, partitions: readonly (number | string)[]): Record<string, number[]> {
    const led: Record<string, number[]> = {};
    for (const { partitionId, leader } of this.findTopicPartitionMetadata(topic)) if (partitions.map(Number).includes(partitionId)) led[leader] = [...(led[leader] ?? []), partitionId];
    return led;
  }

  readonly #brokers = new Map([1, 2, 3].map((nodeId) => [nodeId, { nodeId, produce: (request: ProduceRequest & { topicData: TopicData }) => this.#produce(nodeId, request) }]));
  findBroker({ nodeId }: { nodeId: number | string }) {
    return Promise.resolve(this.#brokers.get(Number(nodeId)));
  }

  async #produce(nodeId: number, request: ProduceRequest & { topicData: TopicData }): Promise<unknown> {
    const { send } = await this.connectionPoolBuilder.build();
    return send({ request: { apiKey: apiKeys.Produce, answer: () => this.#answer(nodeId, request) }, response: { decode: () => undefined, parse: judged } } as never);
  }

  #answer(nodeId: number, { topicData, producerId, producerEpoch }: ProduceRequest & { topicData: TopicData }): ProduceResponse {
    const fault = this.faults.shift() ?? { kind: 'none' };
    if (fault.kind === 'move') this.#leaders.set(fault.of, fault.to);
    const lost = fault.kind === 'closed' || fault.kind === 'timed out';
    let nth = 0;
    const topics = topicData.map(({ topic, partitions }) => ({
      topicName: topic,
      partitions: partitions.map(({ partition, messages, firstSequence }) => {
        const failing = this.refusals.get(`${topic} ${partition}`) ?? (fault.kind === 'error' && fault.nth === nth++ ? fault.code : 0);
        if (this.#leaders.get(`${topic} ${partition}`) !== nodeId) return { partition, errorCode: NOT_LEADER };
        if ((failing && failing !== NOT_ENOUGH_REPLICAS_AFTER_APPEND) || (lost && !fault.written)) return { partition, errorCode: failing };
        const values = messages.map(({ value }) => String(value));
        return { partition, errorCode: this.#append(`${topic} ${partition}`, values, !(Number(producerId) >= 0) ? null : { identity: String(producerEpoch), first: firstSequence ?? -1 }) || failing };
      }),
    }));
    if (fault.kind === 'closed') throw Object.assign(new kafkajs.KafkaJSError('closed'), { name: 'KafkaJSConnectionClosedError', host: 'broker', port: nodeId });
    if (fault.kind === 'timed out') throw Object.assign(new kafkajs.KafkaJSError('timed out'), { name: 'KafkaJSRequestTimeoutError' });
    return { topics };
  }

  /**
   * As a leader does: a batch with the sequence numbers of the one before counts as the same, and is not written again.
   */
  #append(place: string, values: readonly string[], batch: { identity: string; first: number } | null): number {
    if (batch) {
      const key = `${batch.identity} ${place}`;
      const { first, next } = this.#sequences.get(key) ?? { first: -1, next: 0 };
      if (batch.first === first && batch.first + values.length === next) return 0;
      if (batch.first !== next) return OUT_OF_ORDER_SEQUENCE_NUMBER;
      this.#sequences.set(key, { first: next, next: next + values.length });
    }
    const log = this.logs.get(place) ?? [];
    log.push(...values);
    this.logs.set(place, log);
    return 0;
  }

  readonly #coordinator = {
    initProducerId: () => Promise.resolve({ producerId: '7', producerEpoch: this.#epoch++ }),
    addPartitionsToTxn: () => Promise.resolve(),
    endTxn: () => Promise.resolve(),
  };
}

/** As kafkajs treats a broker's answer. */
function judged(response: ProduceResponse): ProduceResponse {
  for (const { partitions } of response.topics) for (const { errorCode } of partitions) if (errorCode !== 0) throw createErrorFromCode(errorCode);
  return response;
}

/** A kafkajs client of such a cluster. */
function kafkaOf(cluster: ModelCluster): Kafka {
  const kafka = new kafkajs.Kafka({ brokers: ['nowhere:1'], logLevel: kafkajs.logLevel.NOTHING, retry: { initialRetryTime: 1, maxRetryTime: 1, retries: 20 } });
  for (const symbol of Object.getOwnPropertySymbols(kafka)) if (symbol.description === 'private:Kafka:createCluster') Object.assign(kafka, { [symbol]: () => cluster });
  return kafka;
}

async function producerOf(cluster: ModelCluster, config: ProducerConfig = {}): Promise<Producer> {
  const producer = kafkaOf(cluster).producer({ createPartitioner: () => ({ message }) => Number(String(message.key)), ...config });
  await producer.connect();
  return producer;
}

const messages = (topic: string, ...partitions: number[]) => partitions.map((partition, i) => ({ key: String(partition), value: `${topic} ${partition} #${i}` }));
const written = (cluster: ModelCluster): string[] => [...cluster.logs.values()].flat().sort();
const ONCE = ['a 0 #0', 'a 1 #1'];

const layout = { a: [1, 2, 3], b: [1, 2] };
const fault = fc.oneof(
  fc.constant<Fault>({ kind: 'none' }),
  fc.record({ kind: fc.constant('move' as const), of: fc.constantFrom('a 0', 'a 1', 'a 2', 'b 0', 'b 1'), to: fc.constantFrom(1, 2, 3) }),
  fc.record({ kind: fc.constantFrom('closed' as const, 'timed out' as const), written: fc.boolean() }),
  fc.record({ kind: fc.constant('error' as const), code: fc.constantFrom(NOT_LEADER, NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS_AFTER_APPEND), nth: fc.nat(2) }),
);

describe('what a send has resolved lies in its partition', () => {
  const two = messages('a', 0, 1);

  it.each<[string, Fault[]]>([
    ['moves to one that has answered: its records were never sent', [{ kind: 'none' }, { kind: 'move', of: 'a 1', to: 1 }]],
    ['moves there, away again, and back', [{ kind: 'move', of: 'a 1', to: 1 }, { kind: 'none' }, { kind: 'move', of: 'a 1', to: 3 }, { kind: 'move', of: 'a 1', to: 1 }]],
    ['is on a connection that is closed', [{ kind: 'none' }, { kind: 'closed', written: false }, { kind: 'move', of: 'a 1', to: 1 }]],
    ['does not answer in time', [{ kind: 'none' }, { kind: 'timed out', written: false }, { kind: 'move', of: 'a 1', to: 1 }]],
    ['has too few replicas, and moves', [{ kind: 'none' }, { kind: 'error', code: NOT_ENOUGH_REPLICAS, nth: 0 }, { kind: 'move', of: 'a 1', to: 1 }]],
  ])('once, when a leader %s', async (_, faults) => {
    const cluster = new ModelCluster({ a: [1, 2] }, [...faults]);
    await (await producerOf(cluster)).send({ topic: 'a', messages: two });
    expect(written(cluster)).toEqual(ONCE);
  });

  it('once, when one of several partitions in the answer of one broker has an error: all of them were sent again', async () => {
    const cluster = new ModelCluster({ a: [1, 1], b: [1, 2] }, [{ kind: 'error', code: NOT_LEADER, nth: 1 }]);
    await (await producerOf(cluster)).sendBatch({ topicMessages: [{ topic: 'a', messages: two }, { topic: 'b', messages: messages('b', 0, 1) }] });
    expect(written(cluster)).toEqual([...ONCE, 'b 0 #0', 'b 1 #1']);
  });

  it('or it rejects: a partition that no broker leads was left out', async () => {
    const cluster = new ModelCluster({ a: [1, -1] });
    const producer = await producerOf(cluster, { retry: { retries: 2 } });
    await expect(producer.send({ topic: 'a', messages: two })).rejects.toThrow('no leader');
    await expect(producer.send({ topic: 'a', messages: messages('a', 5) })).rejects.toThrow('does not host');
  });

  const batch = fc.array(fc.tuple(fc.constantFrom('a' as const, 'b' as const), fc.nat(1)), { minLength: 1, maxLength: 6 });
  const course = fc.record({ batches: fc.array(batch, { minLength: 1, maxLength: 4 }), faults: fc.array(fault, { maxLength: 12 }), patience: fc.constantFrom(1, 20) });

  const topicMessagesOf = (places: readonly (readonly ['a' | 'b', number])[], name: string) =>
    (['a', 'b'] as const).map((topic) => ({ topic, messages: places.flatMap(([of, partition], i) => (of === topic ? [{ key: String(partition), value: `${name}.${i}` }] : [])) })).filter(({ messages }) => messages.length);

  it('whatever moves and fails: at least once, exactly once where no answer was lost', () =>
    fc.assert(
      fc.asyncProperty(course, async ({ batches, faults, patience }) => {
        const cluster = new ModelCluster(layout, [...faults]);
        const producer = await producerOf(cluster, { retry: { retries: patience } });
        for (const [n, places] of batches.entries()) {
          const sent = await producer.sendBatch({ topicMessages: topicMessagesOf(places, String(n)) }).then(() => true, () => false);
          if (patience > faults.length) expect(sent).toBe(true);
          if (!sent) continue;
          const lies = places.map(([topic, partition], i) => (cluster.logs.get(`${topic} ${partition}`) ?? []).filter((value) => value === `${n}.${i}`).length);
          expect(Math.min(...lies)).toBeGreaterThan(0);
          if (!faults.some((one) => 'written' in one || (one.kind === 'error' && one.code === NOT_ENOUGH_REPLICAS_AFTER_APPEND))) expect(Math.max(...lies)).toBe(1);
        }
      }),
      { numRuns: 100 },
    ));

  it('in a transaction: exactly once and in order, and after a send that failed nothing more under its sequence numbers', () =>
    fc.assert(
      fc.asyncProperty(course, async ({ batches, faults, patience }) => {
        const cluster = new ModelCluster(layout, [...faults]);
        const config = { transactionalId: 'relay', maxInFlightRequests: 1, retry: { retries: patience } };
        let producer = await producerOf(cluster, config);
        const committed: string[] = [];
        for (const [n, places] of batches.entries()) {
          const transaction = await producer.transaction();
          try {
            await transaction.sendBatch({ topicMessages: topicMessagesOf(places, String(n)) });
            await transaction.commit();
            committed.push(...places.map(([topic, partition], i) => `${topic} ${partition} ${n}.${i}`));
          } catch {
            await transaction.abort();
            const next = await producer.transaction();
            await expect(next.sendBatch({ topicMessages: topicMessagesOf(places, 'never') })).rejects.toThrow('made anew');
            producer = await producerOf(cluster, config);
          }
        }
        for (const place of ['a 0', 'a 1', 'b 0', 'b 1']) {
          const of = committed.filter((value) => value.startsWith(place)).map((value) => value.slice(place.length + 1));
          expect((cluster.logs.get(place) ?? []).filter((value) => of.includes(value))).toEqual(of);
        }
      }),
      { numRuns: 100 },
    ));
});

describe('BatchProducer', () => {
  const topics = { 'a.events': [1, 2, 3], 'a.attempts': [2, 1] };
  const of = (topic: 'a.events' | 'a.attempts', key: string) => `${topic} ${(murmur2(key) & 0x7fffffff) % topics[topic].length}`;
  const moved = fault.map((one): Fault => (one.kind === 'move' ? { ...one, of: one.of.replace('a ', 'a.events ').replace('b ', 'a.attempts ') } : one));
  const producerBefore = async (cluster: ModelCluster): Promise<BatchProducer> => {
    const producer = new BatchProducer(kafkaOf(cluster), 'a', { lingerMs: 0, backoffMs: 1 });
    await producer.connect();
    return producer;
  };
  Logger.overrideLogger(false);

  it('writes everything, whatever moves and fails, each partition in order where no answer was lost', () =>
    fc.assert(
      fc.asyncProperty(fc.array(moved, { maxLength: 12 }), fc.array(fc.tuple(fc.boolean(), fc.nat(9), fc.boolean()), { maxLength: 30 }), async (faults, records) => {
        const cluster = new ModelCluster(topics, [...faults]);
        const producer = await producerBefore(cluster);
        const sent: Promise<void>[] = [];
        const expected = new Map<string, string[]>();
        for (const [n, [isEvent, key, isLast]] of records.entries()) {
          const place = of(isEvent ? 'a.events' : 'a.attempts', String(key));
          expected.set(place, [...(expected.get(place) ?? []), String(n)]);
          sent.push(producer.send(isEvent ? events : attempts, { key: String(key), value: String(n) }));
          if (isLast) await sent.at(-1);
        }
        await Promise.all(sent);
        await producer.disconnect();
        const answersLost = faults.some((one) => 'written' in one || (one.kind === 'error' && one.code === NOT_ENOUGH_REPLICAS_AFTER_APPEND));
        for (const [place, values] of expected) {
          const log = cluster.logs.get(place) ?? [];
          if (answersLost) expect(log).toEqual(expect.arrayContaining(values));
          else expect(log).toEqual(values);
        }
      }),
      { numRuns: 100 },
    ));

  it.each([
    ['has no leader', (cluster: ModelCluster, place: string) => { cluster.move(place, -1); }],
    ['has too few replicas', (cluster: ModelCluster, place: string) => cluster.refusals.set(place, NOT_ENOUGH_REPLICAS)],
    ['may not be written', (cluster: ModelCluster, place: string) => cluster.refusals.set(place, TOPIC_AUTHORIZATION_FAILED)],
  ])('holds up only the partition that %s, and writes it when it can', async (_, spoil) => {
    const cluster = new ModelCluster(topics);
    const producer = await producerBefore(cluster);
    const place = of('a.events', '0');
    const leader = Number(place.slice(-1)) + 1;
    spoil(cluster, place);
    await cluster.refreshMetadata();
    let written = false;
    const stuck = producer.send(events, { key: '0', value: 'stuck' }).then(() => (written = true));
    const others = Array.from({ length: 20 }, (_, n) => String(n)).filter((key) => of('a.events', key) !== place);
    for (let round = 0; round < 5; round++) await Promise.all([...others.map((key) => producer.send(events, { key, value: key })), producer.send(attempts, { key: '0', value: '0' })]);
    expect(written).toBe(false);
    cluster.refusals.clear();
    cluster.move(place, leader);
    await stuck;
    await producer.disconnect();
    expect(cluster.logs.get(place)).toEqual(['stuck']);
  });
});
