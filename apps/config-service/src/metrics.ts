import { connections } from '@nuncio/database';
import { measureConnections } from '@nuncio/service';
import { Gauge } from 'prom-client';

export const relayFailing = new Gauge({ name: 'nuncio_relay_failing', help: '1 while committed changes of configuration cannot be published.' });

measureConnections(connections);
