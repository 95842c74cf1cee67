import { randomUUID } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deadLetters, deliveries, events, RecordFailure, FAILURE_HEADER, quarantine, samples, signals, type Topic } from '@nuncio/contracts';
import { lz4Compress, snappyCompress } from '@platformatic/wasm-utils';
import kafkajs, { type KafkaMessage } from 'kafkajs';
import { applyTopics, BatchProducer, batchToQuarantine, createKafka, KafkaServer, passOver, topicName, toQuarantine, type InboundRecord, type KafkaServerOptions, type KafkaSettings } from '../index.js';
import { eventually } from '../testing/eventually.js';
import { joined } from '../testing/joined.js';

const WORK = Symbol('work');
const kafka: KafkaSettings = { brokers: (process.env.KAFKA_BROKERS ?? '').split(','), topicPrefix: `reading-spec-${randomUUID().slice(0, 8)}`, clientId: 'spec' };
const client = createKafka(kafka);
const producer = new BatchProducer(client, kafka.topicPrefix);
const plain = client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
const nameOf = (topic: Topic): string => topicName(kafka.topicPrefix, topic);

const { CompressionTypes, CompressionCodecs } = kafkajs;
const codecs: [keyof typeof CompressionCodecs, (bytes: Buffer) => Buffer][] = [
  [CompressionTypes.GZIP, gzipSync],
  [CompressionTypes.Snappy, snappyCompress],
  [CompressionTypes.LZ4, lz4Compress],
  [CompressionTypes.ZSTD, zstdCompressSync],
];
for (const [type, compress] of codecs)
  CompressionCodecs[type] = () => ({ compress: ({ buffer }: { buffer: Buffer }) => Promise.resolve(compress(buffer)), decompress: () => Promise.reject(new Error('kafkajs decodes')) });

async function serve(group: string, topic: Topic, on: (record: InboundRecord) => unknown, options: Partial<KafkaServerOptions> = {}): Promise<KafkaServer> {
  const server = new KafkaServer({ kafka, group, transportId: WORK, drainMs: 0, putAway: passOver, ...options });
  const handle = ({ records }: { records: readonly InboundRecord[] }): Promise<void> => {
    for (const record of records) on(record);
    return Promise.resolve();
  };
  server.addHandler(topic.name, handle as never, true);
  await joined(server);
  return server;
}

/** The records in quarantine, once there are at least so many. */
async function buried(n: number): Promise<KafkaMessage[]> {
  const consumer = client.consumer({ groupId: `${kafka.topicPrefix}.${randomUUID()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic: nameOf(quarantine), fromBeginning: true });
  const found: KafkaMessage[] = [];
  await consumer.run({ eachMessage: ({ message }) => Promise.resolve(void found.push(message)) });
  await eventually(`${n} records are in quarantine`, () => found.length >= n);
  await consumer.disconnect();
  return found;
}

beforeAll(async () => {
  await applyTopics(client, kafka.topicPrefix, [deadLetters, events, deliveries, samples, signals, quarantine]);
  await Promise.all([producer.connect(), plain.connect()]);
});

afterAll(async () => {
  await Promise.all([producer.disconnect(), plain.disconnect()]);
});

describe('reading', () => {
  it('takes the one unfinished record of a full span after a change of owner, and nothing that was finished', async () => {
    const seen: InboundRecord[] = [];
    const first = await serve('span', deliveries, (record) => seen.push(record));
    const total = 18_100;
    const publish = (n: number): Promise<void> => producer.send(deliveries, { key: 'one partition', value: String(n) });
    await publish(0);
    await Promise.all(Array.from({ length: total - 1 }, (_, n) => publish(n + 1)));
    let slow: InboundRecord | undefined;
    await eventually('the span is full', () => {
      for (const record of seen.splice(0)) {
        if (String(record.value) === '0') slow = record;
        else record.done();
      }
      return [...first.partitions].some(({ span }) => span === 18_000) && [...first.partitions].every(({ unfinished, span }) => unfinished === (span ? 1 : 0));
    });
    slow?.abandon();
    await first.close();

    const again: string[] = [];
    const held: InboundRecord[] = [];
    const second = await serve('span', deliveries, (record) => {
      again.push(String(record.value));
      held.push(record);
    });
    await eventually('the new owner has a record', () => again.length > 0);
    expect(again).toEqual(['0']);
    await eventually('the partition stands', () => [...second.partitions].some(({ oldestMs }) => oldestMs > 0));
    for (const record of held) record.done();
    await eventually('the rest is read', () => again.length === 101);
    expect(new Set(again).size).toBe(101);
    for (const record of held) record.done();
    await second.close();
  });

  it('hands over what comes behind a burst of another flow, which fills the work in progress: it waited until the burst was worked off', async () => {
    const FLOW = 'nuncio-publisher';
    const [headers, others] = [{ [FLOW]: 'brisk' }, { [FLOW]: 'other' }];
    const seen: InboundRecord[] = [];
    const server = await serve('flows', deadLetters, (record) => seen.push(record), { flowHeaders: [FLOW, 'ce_tenant'] });
    const seenOf = (value: string): number => seen.filter((record) => String(record.value) === value).length;
    await Promise.all(Array.from({ length: 12_000 }, () => producer.send(deadLetters, { key: 'one partition', value: 'burst', headers })));
    await eventually('the burst fills the work in progress', () => seen.length >= 8_000);
    await producer.send(deadLetters, { key: 'one partition', value: 'with the same header', headers: others });
    await producer.send(deadLetters, { key: 'one partition', value: 'with the second header', headers: { ce_tenant: 'third' } });
    await producer.send(deadLetters, { key: 'one partition', value: 'with neither' });
    await eventually('the other flows are read', () => ['with the same header', 'with the second header', 'with neither'].every((value) => seenOf(value) === 1));
    expect(seenOf('burst')).toBeLessThan(9_000);
    for (let done = 0; done < 12_003; ) {
      await eventually('more is read', () => seen.length > done);
      for (const record of seen.slice(done)) record.done();
      done = seen.length;
    }
    expect(seenOf('burst')).toBe(12_000);
    await server.close();
  });

  it('reads every codec, and puts away what it cannot decode: one such batch ended every consumer', async () => {
    const seen: string[] = [];
    const server = await serve('codecs', events, (record) => {
      seen.push(String(record.value));
      record.done();
    }, { putAway: (batch, lost) => batchToQuarantine(producer, batch, lost) });
    const send = (compression: kafkajs.CompressionTypes, value: string | Buffer): Promise<unknown> => plain.send({ topic: nameOf(events), compression, messages: [{ key: 'k', partition: 3, value }] });
    for (const [type] of codecs) await send(type, `codec ${type}`);
    await send(CompressionTypes.ZSTD, Buffer.alloc(40_000_000));
    await send(CompressionTypes.None, 'behind it');
    await eventually('what comes behind is read', () => seen.includes('behind it'));
    expect(seen).toEqual(['codec 1', 'codec 2', 'codec 3', 'codec 4', 'behind it']);
    const [batch] = await buried(1);
    expect(RecordFailure.parse(JSON.parse(String(batch?.headers?.[FAILURE_HEADER])))).toMatchObject({ reason: 'undecodable-batch', topic: nameOf(events), partition: 3, offset: '4', lastOffset: '4' });
    await server.close();
  });

  it('puts away a record that is larger than quarantine takes, under any header', async () => {
    const server = await serve('large', signals, (record) => void toQuarantine(producer, record, 'too-large', 'it is'));
    const headers = { ['__proto__']: 'own', twice: ['a', 'b'] };
    await plain.send({ topic: nameOf(signals), compression: CompressionTypes.GZIP, messages: [{ key: null, partition: 0, value: Buffer.alloc(3_000_000, 'a'), headers }] });
    await eventually('the record is done', () => [...server.partitions].some((partition) => partition.id === 0 && partition.unfinished === 0 && partition.uncommitted() === null && partition.span === 0));
    const found = (await buried(2)).find(({ headers }) => String(headers?.[FAILURE_HEADER]).includes('too-large'));
    expect(RecordFailure.parse(JSON.parse(String(found?.headers?.[FAILURE_HEADER]))).original).toMatchObject({ valueBytes: 3_000_000 });
    expect([found?.headers?.twice?.toString(), Object.entries(found?.headers ?? {}).find(([name]) => name === '__proto__')?.[1]?.toString()]).toEqual(['a,b', 'own']);
    await server.close();
  });

  it('reads through the markers of transactions: each was followed by a fetch that was thrown away', async () => {
    const transactional = client.producer({ transactionalId: `${kafka.topicPrefix}.writer`, idempotent: true, maxInFlightRequests: 1, createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await transactional.connect();
    const seen: string[] = [];
    const server = await serve('transactions', samples, (record) => {
      seen.push(String(record.value));
      record.done();
    });
    let batches = 0;
    server.unwrap().on('consumer.end_batch_process', ({ payload: { batchSize } }) => (batches += batchSize ? 1 : 0));
    for (let n = 0; n < 20; n++) {
      const transaction = await transactional.transaction();
      await transaction.send({ topic: nameOf(samples), messages: [{ key: 'k', partition: 0, value: String(n) }] });
      await (n % 5 === 4 ? transaction.abort() : transaction.commit());
    }
    const expected = Array.from({ length: 20 }, (_, n) => n).filter((n) => n % 5 !== 4).map(String);
    await eventually('all are read', () => seen.length === expected.length);
    expect(seen).toEqual(expected);
    expect(batches).toBeLessThanOrEqual(expected.length);
    const admin = client.admin();
    await admin.connect();
    const committed = async (): Promise<string | undefined> => (await admin.fetchOffsets({ groupId: `${kafka.topicPrefix}.transactions`, topics: [nameOf(samples)] }))[0]?.partitions.find(({ partition }) => partition === 0)?.offset;
    // Twenty records with a marker each: no record is left.
    await eventually('the last marker is committed', async () => (await committed()) === '40');
    await Promise.all([admin.disconnect(), transactional.disconnect(), server.close()]);
  });
});
