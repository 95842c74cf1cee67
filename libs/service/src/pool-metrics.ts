import { Gauge } from 'prom-client';

/** The connections of all pools of a process. */
interface Connections {
  readonly used: number;
  readonly idle: number;
  /** Requests that wait for one. */
  readonly waiting: number;
}

/** Metrics of the connections to PostgreSQL, read when Prometheus asks. */
export function measureConnections(read: () => Connections): void {
  new Gauge({
    name: 'nuncio_database_connections',
    help: 'Connections to PostgreSQL, used and idle, and requests that wait for one.',
    labelNames: ['state'] as const,
    collect() {
      for (const [state, count] of Object.entries(read())) this.set({ state }, count as number);
    },
  });
}
