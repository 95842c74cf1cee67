import type { Logger } from '@nestjs/common';
import type { Topic } from '@nuncio/contracts';
import type { InboundRecord } from '@nuncio/kafka';
import type { z } from 'zod';

/** The JSON value of a record as its topic's schema reads it. null = it cannot be read: that is logged, and the record passed over, since it would be the same the next time. */
export function readRecord<T>(topic: Topic & { value: z.ZodType<T> }, { value, partition, offset }: InboundRecord, logger: Logger): T | null {
  try {
    return topic.value.parse(JSON.parse(value?.toString() ?? ''));
  } catch (error) {
    logger.warn(`${topic.name} ${partition}/${offset} cannot be read: ${String(error)}`);
    return null;
  }
}
