import { produceFailures, type ProduceFailure } from '@nuncio/kafka';
import { Counter } from 'prom-client';

const failures = new Counter({ name: 'nuncio_produce_failures_total', help: 'Produce requests for a partition that Kafka did not acknowledge, by topic. They are sent again, unless Kafka refused a record.', labelNames: ['topic'] as const });

export function measureProduces(): void {
  produceFailures.subscribe((message) => {
    failures.inc({ topic: (message as ProduceFailure).topic });
  });
}
