import type { Grave } from '@nuncio/contracts';

/** The record that a delivery came from. `lost`: its partition has another owner, and nothing more is to be written of it. */
export interface Origin {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly lost: AbortSignal;
}

export const placeOf = ({ topic, partition, offset }: Origin): Pick<Grave, 'topic' | 'partition' | 'offset'> => ({ topic, partition, offset });
