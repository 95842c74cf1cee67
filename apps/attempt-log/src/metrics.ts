import { attempts, events, tokenEvents } from '@nuncio/contracts';
import { connections } from '@nuncio/database';
import { measureConnections } from '@nuncio/service';
import { Counter, Gauge, Histogram } from 'prom-client';

export const rowsWritten = new Counter({ name: 'nuncio_log_rows_total', help: 'Rows written, including repeated ones.', labelNames: ['table'] as const });

export const rowsDropped = new Counter({
  name: 'nuncio_log_rows_dropped_total',
  help: 'Rows that were not written, since their day is past retention.',
  labelNames: ['table'] as const,
});

export const noticesTold = new Counter({ name: 'nuncio_log_notices_total', help: 'Notices published, one for each callback that gets it.', labelNames: ['type'] as const });

export const writeSeconds = new Histogram({
  name: 'nuncio_log_write_seconds',
  help: 'Duration of one batch, by topic.',
  labelNames: ['topic'] as const,
  buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
});

export const lagSeconds = new Histogram({
  name: 'nuncio_log_lag_seconds',
  help: 'Time from the append of a record to its commit in the log, for the oldest of a batch.',
  labelNames: ['topic'] as const,
  buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30, 300],
});

export const lagRecords = new Gauge({
  name: 'nuncio_log_lag_records',
  help: 'Records in Kafka that are not in the log yet, by topic.',
  labelNames: ['topic'] as const,
});

export const streams = new Gauge({ name: 'nuncio_log_streams', help: 'Open live streams.' });

export const streamsCut = new Counter({ name: 'nuncio_log_streams_cut_total', help: 'Live streams that were cut off, since their reader was too slow.' });

export const quarantined = new Counter({ name: 'nuncio_log_quarantined_total', help: 'Records put into quarantine.', labelNames: ['topic'] as const });

export const failedRecords = new Counter({
  name: 'nuncio_log_failed_records_total',
  help: 'Quarantined records and dead letters, by reason.',
  labelNames: ['of', 'reason'] as const,
});

export const republished = new Counter({ name: 'nuncio_log_republished_total', help: 'Quarantined records that were published again, and dead letters that were sent again.', labelNames: ['of'] as const });

export const unblocked = new Counter({ name: 'nuncio_log_unblocked_total', help: 'Parked deliveries sent again after an activation.' });

export const redelivered = new Counter({ name: 'nuncio_log_redelivered_total', help: 'Deliveries sent again by operations.' });

export const offsetsSetRecords = new Counter({
  name: 'nuncio_offsets_set_records_total',
  help: 'Records that a consumer group skips, or handles again, since somebody set its offsets, by group, topic and effect (skipped, repeated).',
  labelNames: ['group', 'topic', 'effect'] as const,
});

export const dueRecords = new Gauge({
  name: 'nuncio_due_records',
  help: 'Records that are due and not finished, by consumer group. Records that only wait in a delay topic do not count.',
  labelNames: ['group'] as const,
});

export const dueLate = new Gauge({
  name: 'nuncio_due_late_seconds',
  help: 'For at least how long the oldest of them has been due, by consumer group.',
  labelNames: ['group'] as const,
});

export const lagsKnownAt = new Gauge({ name: 'nuncio_lags_known_at_seconds', help: 'When Kafka last said how far all consumer groups are, or this process was started; epoch seconds.' });
lagsKnownAt.setToCurrentTime();

// Prometheus sees no increase in a series that begins with 1: an alert would miss the first record.
for (const { name: topic } of [attempts, events, tokenEvents]) quarantined.inc({ topic }, 0);

measureConnections(connections);
