/** A panel of the dashboard: one line per query, `[PromQL, legend]`. */
export interface Panel {
  readonly title: string;
  /** What it shows, and what to do when it looks bad. */
  readonly description: string;
  /** A unit of Grafana: https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options. */
  readonly unit: string;
  readonly queries: readonly (readonly [expr: string, legend: string])[];
}

interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

const rate = (metric: string): string => `rate(${metric}[$__rate_interval])`;
const quantile = (q: number, histogram: string, by = ''): string => `histogram_quantile(${q}, sum by (le${by && `, ${by}`}) (${rate(`${histogram}_bucket`)}))`;

export const rows: readonly Row[] = [
  {
    title: 'Is it well?',
    panels: [
      { title: 'Attempts', description: 'HTTP attempts by outcome. Failures of one receiver are its own; failures of all at once are ours.', unit: 'reqps', queries: [[`sum by (outcome) (${rate('nuncio_attempts_total')})`, '{{outcome}}']] },
      { title: 'Behind with what is due', description: 'For how long the oldest due record has been waiting, by consumer group. Above 5 s for minutes: add dispatchers (runbooks/scale.md).', unit: 's', queries: [['max by (group) (nuncio_due_late_seconds)', '{{group}}']] },
      { title: 'Processes', description: 'How many of each service answer Prometheus, by version. Two versions: an upgrade is under way.', unit: 'short', queries: [['count by (service, version) (nuncio_build_info)', '{{service}} {{version}}']] },
      { title: 'Due and not finished', description: 'Records that dispatchers could be working on, by consumer group. What only waits in a delay topic does not count.', unit: 'short', queries: [['max by (group) (nuncio_due_records)', '{{group}}']] },
      { title: 'Oldest unfinished record', description: 'Above a minute a partition is stuck (runbooks/stuck-partition.md).', unit: 's', queries: [['max by (instance) (nuncio_oldest_unfinished_seconds)', '{{instance}}']] },
      { title: 'Events over HTTP', description: 'Accepted by the gateway and acknowledged by Kafka.', unit: 'reqps', queries: [[`sum(${rate('nuncio_gateway_events_total')})`, 'events']] },
    ],
  },
  {
    title: 'Deliveries',
    panels: [
      { title: 'In flight, queued, held', description: 'On the wire; waiting for a place; put off until a hold has passed (runbooks/many-held.md).', unit: 'short', queries: [['sum(nuncio_in_flight)', 'in flight'], ['sum(nuncio_queued)', 'queued'], ['sum(nuncio_held)', 'held']] },
      { title: 'Lateness of retries', description: 'How much later than due retries start. Above 0.25 s at p99: add dispatchers.', unit: 's', queries: [[quantile(0.5, 'nuncio_retry_lateness_seconds'), 'p50'], [quantile(0.99, 'nuncio_retry_lateness_seconds'), 'p99']] },
      { title: 'Unfinished records', description: 'All of them, and the longest distance from a watermark to what was read last (18,000: that partition waits for one record).', unit: 'short', queries: [['sum(nuncio_unfinished_records)', 'records'], ['max(nuncio_watermark_span)', 'longest span']] },
      { title: 'Not attempted', description: 'Deliveries that came to no attempt, by what became of them.', unit: 'reqps', queries: [[`sum by (fact) (${rate('nuncio_unattempted_total')})`, '{{fact}}']] },
      { title: 'Our own failures', description: 'Deliveries that were held for a reason of our own: no token, this machine, the proxy. Anything here is ours to mend.', unit: 'reqps', queries: [[`sum by (of) (${rate('nuncio_own_failures_total')})`, '{{of}}'], [`sum(${rate('nuncio_egress_proxy_failures_total')})`, 'connections of the proxy']] },
      { title: 'Put away, unmatched, twice', description: 'Unreadable records (runbooks/quarantine.md), events that nobody subscribed to, second copies.', unit: 'reqps', queries: [[`sum by (reason) (${rate('nuncio_quarantined_total')})`, 'quarantine: {{reason}}'], [`sum by (reason) (${rate('nuncio_events_unmatched_total')})`, 'unmatched: {{reason}}'], [`sum(${rate('nuncio_duplicates_total')})`, 'duplicates']] },
    ],
  },
  {
    title: 'Tokens',
    panels: [
      { title: 'Fetches', description: 'Requests to authorization servers by outcome (runbooks/tokens-failing.md).', unit: 'reqps', queries: [[`sum by (outcome) (${rate('nuncio_token_fetches_total')})`, '{{outcome}}']] },
      { title: 'Authorization servers', description: 'How long they take.', unit: 's', queries: [[quantile(0.5, 'nuncio_token_fetch_seconds'), 'p50'], [quantile(0.99, 'nuncio_token_fetch_seconds'), 'p99']] },
      { title: 'Requests of dispatchers', description: 'By what came of them.', unit: 'reqps', queries: [[`sum by (verdict) (${rate('nuncio_token_requests_total')})`, '{{verdict}}']] },
    ],
  },
  {
    title: 'The log',
    panels: [
      { title: 'Behind, records', description: 'What Kafka has and the log has not (runbooks/log-behind.md). It grows while PostgreSQL is away.', unit: 'short', queries: [['max by (topic) (nuncio_log_lag_records)', '{{topic}}']] },
      { title: 'Behind, seconds', description: 'From the append of a record to its commit in the log, p99.', unit: 's', queries: [[quantile(0.99, 'nuncio_log_lag_seconds', 'topic'), '{{topic}}']] },
      { title: 'One batch', description: 'How long PostgreSQL takes for it, p99.', unit: 's', queries: [[quantile(0.99, 'nuncio_log_write_seconds', 'topic'), '{{topic}}']] },
      { title: 'Rows', description: 'Written, and left out since their day is past retention.', unit: 'rowsps', queries: [[`sum by (table) (${rate('nuncio_log_rows_total')})`, '{{table}}'], [`sum by (table) (${rate('nuncio_log_rows_dropped_total')})`, 'left out: {{table}}']] },
      { title: 'Connections to PostgreSQL', description: 'Of each process. Somebody waiting for minutes: PostgreSQL is slow, or the pool too small.', unit: 'short', queries: [['sum by (instance, state) (nuncio_database_connections)', '{{instance}} {{state}}']] },
      { title: 'Live streams', description: 'Open ones, and those that were cut since their reader was too slow.', unit: 'short', queries: [['sum(nuncio_log_streams)', 'open'], [`sum(${rate('nuncio_log_streams_cut_total')})`, 'cut a second']] },
    ],
  },
  {
    title: 'The API',
    panels: [
      { title: 'Requests', description: 'By service and class of status (runbooks/api-failing.md).', unit: 'reqps', queries: [[`sum by (job, status) (${rate('nuncio_http_request_seconds_count')})`, '{{job}} {{status}}']] },
      { title: 'Slowest routes', description: 'p99 of the ten slowest.', unit: 's', queries: [[`topk(10, ${quantile(0.99, 'nuncio_http_request_seconds', 'job, method, route')})`, '{{job}} {{method}} {{route}}']] },
      { title: 'Failures', description: 'Answers of 5xx, by route.', unit: 'reqps', queries: [[`sum by (job, route) (${rate('nuncio_http_request_seconds_count{status="5xx"}')})`, '{{job}} {{route}}']] },
    ],
  },
  {
    title: 'Processes',
    panels: [
      { title: 'Event loop', description: 'Lag, p99. A dispatcher uses one core: above 0.1 s for minutes, add one.', unit: 's', queries: [['nodejs_eventloop_lag_p99_seconds', '{{instance}}']] },
      { title: 'Processors', description: 'Cores in use.', unit: 'short', queries: [[rate('process_cpu_seconds_total'), '{{instance}}']] },
      { title: 'Memory', description: 'Resident: 100 to 300 MB of a service, and more while it is behind.', unit: 'bytes', queries: [['process_resident_memory_bytes', '{{instance}}']] },
      { title: 'Kafka does not acknowledge', description: 'Produces that failed, by topic; they are sent again.', unit: 'reqps', queries: [[`sum by (topic) (${rate('nuncio_produce_failures_total')})`, '{{topic}}']] },
      { title: 'Without Redis', description: 'Records taken without asking for duplicates, and places of rates taken of a process’s own share (runbooks/redis-away.md).', unit: 'reqps', queries: [[`sum(${rate('nuncio_unchecked_total')})`, 'unchecked'], [`sum(${rate('nuncio_rate_local_total')})`, 'own share of rates']] },
      { title: 'Configuration not published', description: '1 while changes are committed and reach no other service (runbooks/configuration-not-published.md).', unit: 'short', queries: [['max(nuncio_relay_failing)', 'failing']] },
    ],
  },
];
