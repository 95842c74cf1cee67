import type { RecordFailure } from '@nuncio/contracts';

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

export const placeOf = ({ topic, partition, offset }: Origin): Pick<RecordFailure, 'topic' | 'partition' | 'offset'> => ({ topic, partition, offset });
