import { Counter } from 'prom-client';

export const quotaRefusals = new Counter({ name: 'nuncio_quota_refusals_total', help: 'Callbacks and subscriptions that were refused since their tenant has as many as it may.', labelNames: ['quota'] });
