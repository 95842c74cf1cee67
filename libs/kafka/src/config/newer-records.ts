import { channel } from 'node:diagnostics_channel';

/** Published once for each record that contains something only a newer release can read. */
export interface NewerRecord {
  /** Without the installation's prefix. */
  readonly topic: string;
}

/** Counters of `NewerRecord`s subscribe to this channel. */
export const newerRecords = channel('nuncio:newer-records');
