import type { Logger } from '@nestjs/common';
import type { InboundRecord } from '@nuncio/kafka';

/** What is told of a record that no decision can be made of: it would be the same the next time. What is `newer` is counted where it is read. */
export function passedOver(logger: Logger, { topic, partition, offset }: InboundRecord, { is, detail }: { readonly is: 'newer' | 'unreadable'; readonly detail: string }): void {
  if (is === 'newer') logger.debug(`${topic} ${partition}/${offset} is for a newer release: ${detail}`);
  else logger.warn(`${topic} ${partition}/${offset} cannot be read: ${detail}`);
}
