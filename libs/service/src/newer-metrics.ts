import { newerRecords, type NewerRecord } from '@nuncio/kafka';
import { Counter } from 'prom-client';

const newer = new Counter({ name: 'nuncio_newer_records_total', help: 'Records that only a newer release can read, by topic; they are left to it.', labelNames: ['topic'] as const });

export function measureNewerRecords(): void {
  newerRecords.subscribe((message) => {
    newer.inc({ topic: (message as NewerRecord).topic });
  });
}
