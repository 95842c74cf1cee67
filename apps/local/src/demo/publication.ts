import { eventId } from '@nuncio/contracts';
import type { FileEvent } from '@nuncio/fixtures';
import { Kafka, logLevel, Partitioners } from 'kafkajs';

/** An event of the file as it was published in this run. */
export interface Published {
  readonly id: string;
  readonly event: FileEvent;
  /** When Kafka had it, epoch milliseconds. */
  readonly acceptedAt: number;
}

const CHUNK = 12;

/** Publishes with a plain Kafka producer, in order. Each run gives the events ids of its own: repeated ones would be dropped as duplicates. */
export async function publish(events: readonly FileEvent[], run: string, to: { brokers: readonly string[]; topic: string }): Promise<Published[]> {
  const kafka = new Kafka({ clientId: 'nuncio-demo', brokers: [...to.brokers], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const published: Published[] = [];
  try {
    for (let i = 0; i < events.length; i += CHUNK) {
      const chunk = events.slice(i, i + CHUNK).map((event) => withId(event, `${event.headers.ce_id ?? ''}.${run}`));
      const appended = await producer.send({ topic: to.topic, acks: -1, messages: chunk.map(({ key, headers, payload }) => ({ key, headers, value: payload })) });
      // The chunk's records went to several partitions: the earliest append flatters nobody.
      const acceptedAt = Math.min(...appended.map(({ logAppendTime }) => Number(logAppendTime)));
      published.push(...chunk.map((event) => ({ id: eventId(event.headers.ce_source ?? '', event.headers.ce_id ?? ''), event, acceptedAt })));
    }
  } finally {
    await producer.disconnect();
  }
  return published;
}

const withId = (event: FileEvent, id: string): FileEvent => ({ ...event, headers: { ...event.headers, ce_id: id } });
