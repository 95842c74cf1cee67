/** One customer's line of the summary. */
interface Line {
  readonly name: string;
  readonly description: string;
  readonly deliveries: number;
  readonly attempts: number;
  readonly retries: number;
}

export interface Summary {
  readonly events: number;
  /** Events with a subscription. */
  readonly wanted: number;
  readonly lines: readonly Line[];
  /** Token requests by client, and the expected number. */
  readonly tokens: readonly { readonly client: string; readonly requests: number; readonly expected: number }[];
  /** From Kafka's acknowledgement to the first byte at the endpoint, milliseconds. */
  readonly latencies: readonly number[];
  readonly faults: readonly string[];
}

const SHOWN_FAULTS = 10;

/** The summary as lines for a terminal. */
export function render({ events, wanted, lines, tokens, latencies, faults }: Summary): string[] {
  const sum = (of: (line: Line) => number): number => lines.reduce((total, line) => total + of(line), 0);
  const total = { name: 'all', description: '', deliveries: sum((l) => l.deliveries), attempts: sum((l) => l.attempts), retries: sum((l) => l.retries) };
  return [
    `${events} events published${wanted < events ? `, ${events - wanted} of them wanted by nobody` : ''}`,
    row('endpoint', '', 'deliveries', 'attempts', 'retries'),
    ...[...lines, total].map((line) => row(line.name, line.description, line.deliveries, line.attempts, line.retries)),
    `token requests: ${tokens.map(({ client, requests, expected }) => `${client} ${requests}${expected > 1 ? ` (1, plus ${expected - 1} for the refused one)` : ''}`).join(', ')}`,
    `accept → received: p50 ${percentile(latencies, 0.5)} ms, p99 ${percentile(latencies, 0.99)} ms`,
    `${faults.length} wrong`,
    ...faults.slice(0, SHOWN_FAULTS).map((fault) => `  ✗ ${fault}`),
    ...(faults.length > SHOWN_FAULTS ? [`  … and ${faults.length - SHOWN_FAULTS} more`] : []),
  ];
}

const row = (name: string, description: string, ...numbers: (string | number)[]): string =>
  `  ${name.padEnd(10)}${description.padEnd(38)}${numbers.map((number) => String(number).padStart(11)).join('')}`;

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? NaN;
}
