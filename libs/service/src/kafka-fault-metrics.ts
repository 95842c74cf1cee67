import { kafkaFaultChanges, type KafkaFault } from '@nuncio/kafka';
import { Gauge } from 'prom-client';

const faults = new Gauge({
  name: 'nuncio_kafka_faults',
  help: '1 while this process cannot use something of Kafka, since it does not exist or a right is missing.',
  labelNames: ['kind', 'name'] as const,
});

export function measureKafkaFaults(): void {
  kafkaFaultChanges.subscribe((message) => {
    const { kind, name, isStanding } = message as KafkaFault;
    faults.set({ kind, name }, isStanding ? 1 : 0);
  });
}
