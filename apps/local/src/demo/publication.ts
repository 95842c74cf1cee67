import { eventId } from '@nuncio/contracts';
import type { FileEvent } from '@nuncio/fixtures';
import { Kafka, logLevel, Partitioners } from 'kafkajs';

/** An event of the file, as published in this run. */
export interface Published {
  readonly id: string;
  readonly event: FileEvent;
  /** When Kafka had it, epoch milliseconds. */
  readonly acceptedAt: number;
}

const CHUNK = 12;

/**
 * Publishes with a plain Kafka producer, in order. The events have new ids in each run, since repeated ones would be dropped as duplicates.
 */
export async function publish(events: readonly FileEvent[], run: string, to: { brokers: readonly string[]; topic: string }): Promise<Published[]> {
  const kafka = new Kafka({ clientId: 'nuncio-demo', brokers: [...to.brokers], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const published: Published[] = [];
  try {
    for (let i = 0; i < events.length; i += CHUNK) {
      const chunk = events.slice(i, i + CHUNK).map((event) => withId(event, `${event.headers.ce_id ?? ''}.${run}`));
      const appended = await producer.send({ topic: to.topic, acks: -1, messages: chunk.map(({ key, headers, payload }) => ({ key, headers, value: payload })) });
      // The records of a chunk went to several partitions. The earliest time is taken, so that no latency looks too small.
      const acceptedAt = Math.min(...appended.map(({ logAppendTime }) => Number(logAppendTime)));
      published.push(...chunk.map((event) => ({ id: eventId(event.headers.ce_source ?? '', event.headers.ce_id ?? ''), event, acceptedAt })));
    }
  } finally {
    await producer.disconnect();
  }
  return published;
}

const withId = (event: FileEvent, id: string): FileEvent => ({ ...event, headers: { ...event.headers, ce_id: id } });
