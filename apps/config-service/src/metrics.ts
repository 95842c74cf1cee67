import { Gauge } from 'prom-client';
import type { Relay } from './outbox/relay.js';

let watched: Pick<Relay, 'trouble'> | null = null;

/** Read off when Prometheus asks. */
export const relayFailing = new Gauge({
  name: 'nuncio_relay_failing',
  help: '1 while changes of configuration are committed and cannot be published.',
  collect() {
    this.set(watched?.trouble ? 1 : 0);
  },
});

export function watchRelay(relay: Relay): Relay {
  watched = relay;
  return relay;
}
