import { produceFailures, type ProduceFailure } from '@nuncio/kafka';
import { Counter } from 'prom-client';

const failures = new Counter({ name: 'nuncio_produce_failures_total', help: 'Produces to a partition that Kafka did not acknowledge, by topic; they are sent again, unless the record was refused.', labelNames: ['topic'] as const });

export function measureProduces(): void {
  produceFailures.subscribe((message) => {
    failures.inc({ topic: (message as ProduceFailure).topic });
  });
}
