import { channel } from 'node:diagnostics_channel';

/**
 * Published once for each produce to a partition that was not acknowledged, whether it is tried again or the record is
 * refused.
 */
export interface ProduceFailure {
  /** Without the installation's prefix. */
  readonly topic: string;
}

/** Counters of `ProduceFailure`s subscribe to this channel; without a subscriber it costs nothing. */
export const produceFailures = channel('nuncio:produce-failures');
