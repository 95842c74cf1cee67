import { Counter, Gauge, Histogram } from 'prom-client';

/** Labels come from closed sets only. */
export const metrics = {
  attempts: new Counter({ name: 'nuncio_attempts_total', help: 'Attempts, by outcome and error class.', labelNames: ['outcome', 'error_class'] }),
  unattempted: new Counter({ name: 'nuncio_unattempted_total', help: 'Deliveries that were not attempted, by the fact that was recorded.', labelNames: ['fact'] }),
  proxyFailures: new Counter({ name: 'nuncio_egress_proxy_failures_total', help: 'Deliveries that were not sent because of a failure of the egress proxy.' }),
  ownFailures: new Counter({
    name: 'nuncio_own_failures_total',
    help: 'Deliveries and samples that were not sent because of a failure of our own, by what failed: token (no answer about a token), internal (this machine, its DNS servers, keys), proxy.',
    labelNames: ['of'],
  }),
  unmatched: new Counter({ name: 'nuncio_events_unmatched_total', help: 'Events that led to no delivery, by reason.', labelNames: ['reason'] }),
  duplicates: new Counter({ name: 'nuncio_duplicates_total', help: 'Records that were dropped as second copies.', labelNames: ['of'] }),
  unchecked: new Counter({ name: 'nuncio_unchecked_total', help: 'Records that were not checked for duplicates, because Redis did not answer.' }),
  rateLocal: new Counter({ name: 'nuncio_rate_local_total', help: 'Deliveries whose rate this process counted alone, because Redis did not answer.' }),
  quarantined: new Counter({ name: 'nuncio_quarantined_total', help: 'Records that were put into quarantine, by reason.', labelNames: ['reason'] }),
  retryLateness: new Histogram({
    name: 'nuncio_retry_lateness_seconds',
    help: 'Seconds from the time when a retry was due to its start.',
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
