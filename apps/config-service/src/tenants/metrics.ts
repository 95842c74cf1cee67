import { Counter } from 'prom-client';

export const quotaRefusals = new Counter({ name: 'nuncio_quota_refusals_total', help: 'Callbacks and subscriptions that were refused by a quota of their tenant.', labelNames: ['quota'] });
