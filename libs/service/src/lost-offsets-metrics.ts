import { lostOffsets, type LostOffsets } from '@nuncio/kafka';
import { Counter } from 'prom-client';

const lost = new Counter({ name: 'nuncio_lost_offsets_records_total', help: 'Records that are read again since the offsets of their consumer group are lost, by group.', labelNames: ['group'] as const });

export function measureLostOffsets(): void {
  lostOffsets.subscribe((message) => {
    const { group, records } = message as LostOffsets;
    lost.inc({ group }, records);
  });
}
