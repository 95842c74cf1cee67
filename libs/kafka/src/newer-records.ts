import { channel } from 'node:diagnostics_channel';

/** Once for each record that has something in it which only a newer release knows. */
export interface NewerRecord {
  /** Without the installation's prefix. */
  readonly topic: string;
}

/** What counts `NewerRecord`s subscribes here. */
export const newerRecords = channel('nuncio:newer-records');
