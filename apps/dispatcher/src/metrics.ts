import { Counter, Gauge, Histogram } from 'prom-client';

/** Labels come from closed sets only. */
export const metrics = {
  attempts: new Counter({ name: 'nuncio_attempts_total', help: 'HTTP attempts by outcome and error class', labelNames: ['outcome', 'error_class'] }),
  unattempted: new Counter({ name: 'nuncio_unattempted_total', help: 'Deliveries that were not attempted, by what became of them', labelNames: ['fact'] }),
  proxyFailures: new Counter({ name: 'nuncio_egress_proxy_failures_total', help: 'Deliveries that the egress proxy made no connection for, by a failure of its own' }),
  ownFailures: new Counter({
    name: 'nuncio_own_failures_total',
    help: 'Deliveries and samples that were not sent for a reason of our own, by what failed: token (no answer about one), internal (this machine, its DNS servers, keys), proxy',
    labelNames: ['of'],
  }),
  unmatched: new Counter({ name: 'nuncio_events_unmatched_total', help: 'Events that came to no delivery', labelNames: ['reason'] }),
  duplicates: new Counter({ name: 'nuncio_duplicates_total', help: 'Records dropped as second copies', labelNames: ['of'] }),
  unchecked: new Counter({ name: 'nuncio_unchecked_total', help: 'Records taken without asking for duplicates, since Redis was away' }),
  rateLocal: new Counter({ name: 'nuncio_rate_local_total', help: 'Places of a rate that were taken of this process\'s own share, since Redis was away' }),
  quarantined: new Counter({ name: 'nuncio_quarantined_total', help: 'Records that could not be read', labelNames: ['reason'] }),
  retryLateness: new Histogram({
    name: 'nuncio_retry_lateness_seconds',
    help: 'How much later than due a retry was started',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300],
  }),
};

/** The reasons for which a record is quarantined. */
const REASONS = ['null-value', 'too-large', 'bad-header', 'missing-attribute', 'bad-attribute', 'bad-structured', 'bad-errand', 'bad-sample', 'schema', 'undecodable-batch', 'failed'] as const;
export type Reason = (typeof REASONS)[number];

// Prometheus sees no increase in a series that begins with 1: an alert would miss the first record.
for (const reason of REASONS) metrics.quarantined.inc({ reason }, 0);

/** A gauge that is read when Prometheus scrapes. */
export function gauge(name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    collect() {
      this.set(read());
    },
  });
}
