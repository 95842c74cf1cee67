import { Gauge } from 'prom-client';

export const relayFailing = new Gauge({ name: 'nuncio_relay_failing', help: '1 while changes of configuration are committed and cannot be published.' });
