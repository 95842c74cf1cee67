import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';

/** So many fit into one produce request. */
const CHUNK = 500;

interface SubscriptionRecord {
  readonly kind: string;
  readonly id: string;
  readonly state: { readonly tenant: string; readonly state: string } | null;
}

/** Puts copies of a tenant's activated subscription, for another tenant, on `config.state`: as config-service would, but for the minutes that its API takes to verify each. */
export async function copySubscription(brokers: string, prefix: string, tenant: string, copiesFor: string, count: number): Promise<void> {
  const kafka = new Kafka({ clientId: 'bench', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const topic = `${prefix}.config.state`;
  const original = await find(kafka, topic, ({ kind, state }) => kind === 'subscription' && state?.tenant === tenant && state.state === 'activated');
  const producer = kafka.producer();
  await producer.connect();
  const messages = Array.from({ length: count }, (_, n) => {
    const id = `${original.id}-${n}`;
    return { key: `subscription-${id}`, value: JSON.stringify({ ...original, id, state: { ...original.state, id, tenant: copiesFor } }) };
  });
  for (let from = 0; from < count; from += CHUNK) await producer.send({ topic, acks: -1, messages: messages.slice(from, from + CHUNK) });
  await producer.disconnect();
}

async function find(kafka: Kafka, topic: string, wanted: (record: SubscriptionRecord) => boolean): Promise<SubscriptionRecord> {
  const consumer = kafka.consumer({ groupId: `bench.${randomUUID()}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const found = await new Promise<SubscriptionRecord>((resolve, reject) => {
    consumer
      .run({
        autoCommit: false,
        eachMessage: ({ message: { value } }) => {
          const record = value && (JSON.parse(value.toString()) as SubscriptionRecord);
          if (record && wanted(record)) resolve(record);
          return Promise.resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return found;
}
