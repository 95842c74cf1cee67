import { GRAVE_HEADER, quarantine, type Grave, type Topic } from '@nuncio/contracts';
import { z } from 'zod';
import type { BatchProducer } from './batch-producer.js';
import type { InboundRecord } from './record-batch.js';

/** Puts a record that cannot be read away, with its bytes, headers and key as they came, its reason and its origin. Resolves when Kafka has it; the record is then done. */
export async function toQuarantine(
  producer: Pick<BatchProducer, 'send'>,
  record: InboundRecord,
  reason: string,
  detail: string,
  signal?: AbortSignal,
): Promise<void> {
  const { topic, partition, offset, key, value, headers } = record;
  const grave: Grave = { reason, detail: detail.slice(0, 1_000), topic, partition, offset };
  await producer.send(quarantine, { key: key ?? `${topic}-${partition}`, value, headers: { ...headers, [GRAVE_HEADER]: JSON.stringify(grave) } }, signal);
  record.done();
}

/** What a topic's schema makes of a record's value, or a sentence on why it can't be read. */
export function readJson<S extends z.ZodType>(
  topic: Topic<S> & { value: S },
  { value }: Pick<InboundRecord, 'value'>,
): { ok: true; value: z.output<S> } | { ok: false; detail: string } {
  try {
    const result = topic.value.safeParse(JSON.parse(value?.toString() ?? ''));
    return result.success ? { ok: true, value: result.data } : { ok: false, detail: z.prettifyError(result.error) };
  } catch {
    return { ok: false, detail: 'the value is no JSON' };
  }
}
