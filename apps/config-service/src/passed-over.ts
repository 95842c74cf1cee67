import type { Logger } from '@nestjs/common';
import type { InboundRecord } from '@nuncio/kafka';

/**
 * Logs a record that no decision can be made of; reading it again would not help. Records of a `newer` release are counted where they are read.
 */
export function passedOver(logger: Logger, { topic, partition, offset }: InboundRecord, { is, detail }: { readonly is: 'newer' | 'unreadable'; readonly detail: string }): void {
  if (is === 'newer') logger.debug(`${topic} ${partition}/${offset} is for a newer release: ${detail}`);
  else logger.warn(`${topic} ${partition}/${offset} cannot be read: ${detail}`);
}
