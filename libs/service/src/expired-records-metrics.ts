import { expiredRecords, type ExpiredRecords } from '@nuncio/kafka';
import { Counter } from 'prom-client';

const expired = new Counter({ name: 'nuncio_expired_records_total', help: 'Records that Kafka deleted before their consumer group had read them, by topic and group.', labelNames: ['group', 'topic'] as const });

export function measureExpiredRecords(): void {
  expiredRecords.subscribe((message) => {
    const { group, topic, records } = message as ExpiredRecords;
    expired.inc({ group, topic }, records);
  });
}
