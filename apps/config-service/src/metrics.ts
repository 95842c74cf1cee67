import { connections } from '@nuncio/database';
import { measureConnections } from '@nuncio/service';
import { Counter, Gauge } from 'prom-client';

export const relayFailing = new Gauge({ name: 'nuncio_relay_failing', help: '1 while changes of configuration are committed and cannot be published.' });

export const quotaRefusals = new Counter({ name: 'nuncio_quota_refusals_total', help: 'Callbacks and subscriptions that were refused since their tenant has as many as it may.', labelNames: ['quota'] });

measureConnections(connections);
