import type { Schemas } from '../api/client.js';

export interface Row {
  readonly key: string;
  readonly name: string;
  /** Its id; null = no attempt. */
  readonly attempt: string | null;
  readonly state: string | null;
  readonly result?: string;
  readonly at: string | null;
  /** Since what came before it ended. */
  readonly waitedMs: number | null;
  readonly tookMs: number | null;
  readonly isDue: boolean;
  /** Where the bar begins, and how long it is, in per cent. */
  readonly from: number;
  readonly width: number;
}

type Told = Omit<Row, 'from' | 'width'>;
type Delivery = Schemas['Delivery'] & { readonly attempts: readonly Schemas['Attempt'][] };

/** The publication, each attempt, and what is due. */
export function rowsOf(delivery: Delivery): Row[] {
  let endedMs = Date.parse(delivery.createdAt);
  const attempts = delivery.attempts.map((attempt): Told => {
    const startedMs = Date.parse(attempt.startedAt);
    const tookMs = attempt.timingsMs.token + attempt.timingsMs.total;
    const waitedMs = Math.max(0, startedMs - endedMs);
    endedMs = startedMs + tookMs;
    return { key: attempt.id, name: `Attempt ${attempt.number}${NOTES[attempt.reason] ?? ''}`, attempt: attempt.id, state: attempt.outcome, result: resultOf(attempt), at: attempt.startedAt, waitedMs, tookMs, isDue: false };
  });
  const published: Told = { key: 'published', name: 'Published', attempt: null, state: null, at: delivery.createdAt, waitedMs: null, tookMs: null, isDue: false };
  return place([published, ...attempts, ...due(delivery)]);
}

const NOTES: Readonly<Record<string, string>> = { resend: ', sent again', replay: ', replayed', recover: ', recovered', unblock: ', unblocked' };

const resultOf = ({ response, error }: Schemas['Attempt']): string => [response?.status, error && error.class !== 'http' ? error.class : null].filter((part) => part != null).join(' ') || 'no answer';

function due({ status, next, attemptCount }: Delivery): Told[] {
  const open = { attempt: null, waitedMs: null, tookMs: null, isDue: true };
  if (next.step === 'later') return [{ ...open, key: 'next', name: `Attempt ${attemptCount + 1}`, state: 'pending', result: 'due', at: next.notBefore }];
  if (status === 'held' || status === 'parked') return [{ ...open, key: 'next', name: `Attempt ${attemptCount + 1}`, state: status, at: null }];
  return [];
}

/** Each gap counts as at most as much as all the work together, so that hours of waiting leave something of the milliseconds. */
function place(rows: readonly Told[]): Row[] {
  const work = rows.reduce((sum, { tookMs }) => sum + (tookMs ?? 0), 0) || 1;
  const folded = (ms: number | null): number => Math.min(ms ?? 0, work);
  const gapOf = (row: Told): number => (row.isDue ? work / 2 : folded(row.waitedMs));
  const whole = rows.reduce((sum, row) => sum + gapOf(row) + (row.tookMs ?? 0), 0) + work / 10;
  let at = 0;
  return rows.map((row) => {
    at += gapOf(row);
    const from = (at / whole) * 100;
    at += row.tookMs ?? 0;
    return { ...row, from, width: row.isDue ? 100 - from : ((row.tookMs ?? 0) / whole) * 100 };
  });
}
