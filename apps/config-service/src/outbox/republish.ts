import { configState, type AggregateRecord } from '@nuncio/contracts';
import { createKafka, topicName, type KafkaSettings } from '@nuncio/kafka';
import type { EntityManager } from 'typeorm';
import { message } from './publisher.js';
import { somePublished } from './unpublished.js';

/** How long a broker keeps the transaction open; it must not exceed the broker's `transaction.max.timeout.ms` (15 minutes by default). */
const TRANSACTION_TIMEOUT_MS = 600_000;
const AT_ONCE = 500;

/**
 * Publishes the last state of every aggregate in one Kafka transaction, and returns how many. A reader of an empty topic sees all of them or none.
 * The transaction of `manager` holds the lock of `config.head`, so these are the newest states. The relay may go on meanwhile: its records are as
 * new, or newer ones follow. `head`: the position of the last event. `withdrawn`: deletions to publish with them, not counted.
 */
export async function republish(manager: EntityManager, settings: KafkaSettings, head: number, withdrawn: readonly AggregateRecord[] = []): Promise<number> {
  const topic = topicName(settings.topicPrefix, configState);
  const producer = createKafka(settings).producer({
    transactionalId: `${settings.topicPrefix}.config-rebuild`,
    maxInFlightRequests: 1,
    transactionTimeout: TRANSACTION_TIMEOUT_MS,
    createPartitioner: () => () => 0,
  });
  await producer.connect();
  try {
    const transaction = await producer.transaction();
    try {
      let count = 0;
      for (let after = 0; ; ) {
        const states = await somePublished(manager, after, head);
        const last = states.at(-1);
        if (!last) break;
        await transaction.send({ topic, messages: states.map(message) });
        count += states.length;
        after = last.position;
      }
      for (let n = 0; n < withdrawn.length; n += AT_ONCE) await transaction.send({ topic, messages: withdrawn.slice(n, n + AT_ONCE).map(message) });
      await (count + withdrawn.length ? transaction.commit() : transaction.abort());
      return count;
    } catch (error) {
      await transaction.abort().catch(() => undefined);
      throw error;
    }
  } finally {
    await producer.disconnect();
  }
}
