import { Counter } from 'prom-client';

export const quotaRefusals = new Counter({ name: 'nuncio_gateway_quota_refusals_total', help: 'Requests to publish that were refused by a quota of their tenant.', labelNames: ['quota'] });

export const published = new Counter({ name: 'nuncio_gateway_events_total', help: 'Events accepted over HTTP and acknowledged by Kafka.' });
