import { Counter } from 'prom-client';

export const historyRefusals = new Counter({ name: 'nuncio_history_refusals_total', help: "Changes of configuration that were refused since their tenant had made its day's worth of history." });

export const quotaRefusals = new Counter({ name: 'nuncio_quota_refusals_total', help: 'Callbacks and subscriptions that were refused by a quota of their tenant.', labelNames: ['quota'] });
