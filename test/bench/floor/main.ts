import { makeTopics } from '@nuncio/fixtures';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { fact, factWriter } from './facts.js';
import { poster } from './post.js';

/**
 * The minimum that a dispatcher must do: Kafka in, one signed POST per event, one attempt fact out. Settings: KAFKA_BROKERS, TARGET (a URL), EVENTS.
 * Prints one line of JSON: `{events, perSecond, cpuMicros}`, with the CPU of this process per event, from the first batch to the last acknowledged
 * fact.
 */
const { KAFKA_BROKERS = '', TARGET = '', EVENTS = '50000' } = process.env;
const events = Number(EVENTS);
const CONCURRENCY = 64;
const PARTITIONS = 6;
const PAYLOAD_BYTES = 700;
const CHUNK = 1_000;

const kafka = new Kafka({ clientId: 'floor', brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING });
const topic = `floor-${Date.now()}`;
const facts = `${topic}-facts`;
const admin = kafka.admin();
await admin.connect();
await makeTopics(admin, [topic, facts].map((name) => ({ topic: name, numPartitions: PARTITIONS })));

const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
await producer.connect();
for (let first = 0; first < events; first += CHUNK) {
  const messages = Array.from({ length: Math.min(CHUNK, events - first) }, (_, i) => {
    const head = `{"n":${first + i},"note":"`;
    const id = `evt_${first + i}`;
    return { key: id, value: head + 'x'.repeat(PAYLOAD_BYTES - head.length - 2) + '"}', headers: { ce_id: id, ce_type: 'order.created', ce_source: '/bench', ce_specversion: '1.0' } };
  });
  await producer.send({ topic, acks: -1, messages });
}

const post = poster(new URL(TARGET), CONCURRENCY);
const consumer = kafka.consumer({ groupId: topic, maxWaitTimeInMs: 100 });
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });

let start: { readonly at: number; readonly cpu: NodeJS.CpuUsage } | undefined;
let written = 0;
let inFlight = 0;
const waiting: (() => void)[] = [];
const write = factWriter(producer, facts, (count) => {
  written += count;
  if (written === events) void finish();
});

await consumer.run({
  autoCommit: false,
  eachBatchAutoResolve: false,
  partitionsConsumedConcurrently: PARTITIONS,
  eachBatch: async ({ batch, resolveOffset }) => {
    start ??= { at: performance.now(), cpu: process.cpuUsage() };
    for (const { headers, value, offset } of batch.messages) {
      while (inFlight >= CONCURRENCY) await new Promise<void>((resolve) => waiting.push(resolve));
      inFlight++;
      void deliver(String(headers?.ce_id), value ?? Buffer.alloc(0));
      resolveOffset(offset);
    }
  },
});

async function deliver(id: string, body: Buffer): Promise<void> {
  const at = Date.now();
  const status = await post(id, body);
  inFlight--;
  waiting.shift()?.();
  write(fact(id, at, status, TARGET));
}

async function finish(): Promise<void> {
  if (!start) return;
  const seconds = (performance.now() - start.at) / 1_000;
  const { user, system } = process.cpuUsage(start.cpu);
  console.log(JSON.stringify({ events, perSecond: Math.round(events / seconds), cpuMicros: (user + system) / events }));
  await admin.deleteTopics({ topics: [topic, facts] });
  process.exit();
}
