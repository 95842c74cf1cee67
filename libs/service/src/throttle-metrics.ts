import { throttles, type Throttle } from '@nuncio/kafka';
import { Counter } from 'prom-client';

const throttled = new Counter({ name: 'nuncio_kafka_throttled_seconds_total', help: 'Time for which brokers asked this process to pause, since it has used up a quota, by kind of request.', labelNames: ['request'] as const });

export function measureThrottles(): void {
  throttles.subscribe((message) => {
    const { request, pauseMs } = message as Throttle;
    throttled.inc({ request }, pauseMs / 1_000);
  });
}
