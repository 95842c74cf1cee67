import { makeTopics } from '@nuncio/fixtures';
import { fastify } from 'fastify';
import { Kafka, logLevel, Partitioners, type Message } from 'kafkajs';

/**
 * The minimum that an ingest must do: Fastify in, one record out in acknowledged batches, 202; no keys, no event types, no checks. Setting:
 * KAFKA_BROKERS. Prints its port, and ends with its standard input.
 */
const { KAFKA_BROKERS = '' } = process.env;
const PARTITIONS = 12;
const LINGER_MS = 3;
const BATCH = 500;

const kafka = new Kafka({ clientId: 'ingest-floor', brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING });
const topic = `ingest-floor-${Date.now()}`;
const admin = kafka.admin();
await admin.connect();
await makeTopics(admin, [{ topic, numPartitions: PARTITIONS }]);
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
await producer.connect();

const waiting: { readonly message: Message; readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];
let busy = false;
async function flush(): Promise<void> {
  if (busy) return;
  busy = true;
  while (waiting.length) {
    const batch = waiting.splice(0, BATCH);
    try {
      await producer.send({ topic, acks: -1, messages: batch.map(({ message }) => message) });
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
  busy = false;
}
setInterval(() => void flush(), LINGER_MS);

const server = fastify();
server.removeAllContentTypeParsers();
server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
  done(null, body);
});
server.post('/v1/events', async ({ headers, body }, reply) => {
  const record: Record<string, string> = { 'content-type': headers['content-type'] ?? '' };
  for (const name in headers) if (name.startsWith('ce-')) record[`ce_${name.slice(3)}`] = String(headers[name]);
  const id = record.ce_id ?? '';
  await new Promise<void>((resolve, reject) => waiting.push({ message: { key: id, value: body as Buffer, headers: record }, resolve, reject }));
  return reply.status(202).send({ id });
});
await server.listen({ port: 0, host: '127.0.0.1' });
process.stdin.resume().on('end', () => void admin.deleteTopics({ topics: [topic] }).finally(() => process.exit()));
console.log((server.server.address() as { port: number }).port);
