import type { RecordFailure } from '@nuncio/contracts';
import type { InboundRecord } from '@nuncio/kafka';

/**
 * The record that a delivery came from. `lost` aborts when its partition has another owner; then nothing more is written
 * about it.
 */
export interface Origin {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly lost: AbortSignal;
}

export const originOf = ({ topic, partition, offset }: InboundRecord, lost: AbortSignal): Origin => ({ topic, partition, offset, lost });

export const placeOf = ({ topic, partition, offset }: Origin): Pick<RecordFailure, 'topic' | 'partition' | 'offset'> => ({ topic, partition, offset });
