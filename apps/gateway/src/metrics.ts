import { Counter } from 'prom-client';

export const published = new Counter({ name: 'nuncio_gateway_events_total', help: 'Events accepted over HTTP and acknowledged by Kafka.' });
