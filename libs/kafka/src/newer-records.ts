import { channel } from 'node:diagnostics_channel';

/** Once for each record that has something in it which only a newer release knows. */
export interface NewerRecord {
  /** Without the installation's prefix. */
  readonly topic: string;
}

/** Counters of `NewerRecord`s subscribe here. */
export const newerRecords = channel('nuncio:newer-records');
