import { createKafka, type KafkaSettings } from './kafka.js';
import { waitForServer, type Wait } from './wait-for-server.js';

/** Resolves when the cluster answers; a command can do nothing before, and ends if the cluster refuses it. */
export async function waitForKafka(settings: KafkaSettings, wait: Partial<Wait> & Pick<Wait, 'forMs'>): Promise<void> {
  const reach = async (): Promise<void> => {
    const admin = createKafka(settings, { retries: 0 }).admin();
    try {
      await admin.connect();
      await admin.describeCluster();
    } finally {
      await admin.disconnect();
    }
  };
  await waitForServer(`Kafka at ${settings.brokers.join(', ')}`, reach, { isAway, ...wait });
}

/** The errors of kafkajs for a broker that refuses the client, or its request. */
const REFUSALS = new Set(['KafkaJSSASLAuthenticationError', 'KafkaJSServerDoesNotSupportApiKey', 'KafkaJSNotImplemented']);

const isAway = (error: unknown): boolean => {
  for (let one = error as { name?: string; cause?: unknown } | undefined; one; one = one.cause as typeof one) if (REFUSALS.has(one.name ?? '')) return false;
  return true;
};
