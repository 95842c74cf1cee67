import type { Schemas } from '../api/client.js';

type Delivery = Schemas['Delivery'] & { readonly attempts: readonly Schemas['Attempt'][]; readonly timeline: readonly Schemas['TimelineEntry'][] };
type Entry = Schemas['TimelineEntry'];

export interface Row {
  readonly key: string;
  readonly name: string;
  /** Its id; null = no attempt. */
  readonly attempt: string | null;
  /** For its colour; null = neutral. */
  readonly state: string | null;
  readonly result: string;
  readonly at: string | null;
  /** Since the row before it ended. */
  readonly waitedMs: number | null;
  readonly tookMs: number | null;
  readonly isDue: boolean;
  /** The begin and the length of its bar, in per cent. */
  readonly from: number;
  readonly width: number;
}

type Told = Omit<Row, 'from' | 'width'>;

/** What happened, in order, and what is due. */
export function rowsOf(delivery: Delivery): Row[] {
  const attempts = new Map(delivery.attempts.map((attempt) => [attempt.id, attempt]));
  let endedMs = Date.parse(delivery.createdAt);
  const past = folded(delivery.timeline).map(({ entry, times }, i): Told => {
    const attempt = attempts.get(entry.attempt ?? '');
    const startedMs = Date.parse(attempt?.startedAt ?? entry.at);
    const tookMs = attempt ? attempt.timingsMs.token + attempt.timingsMs.total : null;
    const waitedMs = entry.fact === 'published' ? null : Math.max(0, startedMs - endedMs);
    endedMs = Math.max(endedMs, startedMs + (tookMs ?? 0));
    return { key: `${i}`, name: nameOf(entry), attempt: attempt?.id ?? null, state: stateOf(entry), result: attempt ? answerOf(attempt) : `${wordsOf(entry)}${times > 1 ? `, ${times} times` : ''}`, at: new Date(startedMs).toISOString(), waitedMs, tookMs, isDue: false };
  });
  return place([...past, ...due(delivery)]);
}

/** Holds in a row for one reason are one row. */
function folded(timeline: readonly Entry[]): { entry: Entry; times: number }[] {
  const rows: { entry: Entry; times: number }[] = [];
  for (const entry of timeline) {
    const last = rows.at(-1);
    if (last && entry.fact === 'held' && last.entry.fact === 'held' && last.entry.hold?.for === entry.hold?.for) last.times++;
    else rows.push({ entry, times: 1 });
  }
  return rows;
}

const AGAIN: Readonly<Record<string, string>> = { resend: ', sent again', replay: ', replayed', recover: ', recovered', unblock: ', unblocked' };

const nameOf = ({ fact, number, reason }: Entry): string =>
  fact === 'attempted' ? `Attempt ${number}${AGAIN[reason ?? ''] ?? ''}` : `${fact.charAt(0).toUpperCase()}${fact.slice(1)}`;

const stateOf = ({ fact, outcome }: Entry): string | null => (fact === 'attempted' ? outcome : fact === 'published' || fact === 'asked' || fact === 'released' ? null : fact);

const answerOf = ({ response, error }: Schemas['Attempt']): string => [response?.status, error && error.class !== 'http' ? error.class : null].filter((part) => part != null).join(' ') || 'no answer';

const HOLDS: Readonly<Record<string, string>> = { busy: 'the endpoint has enough in flight', silent: 'the endpoint does not answer', rate: 'its rate is used up', 'no-token': 'there is no token', ours: 'something of ours is away', paused: 'its callback is paused' };

const wordsOf = ({ hold, reason, requestedBy }: Entry): string => [hold ? (HOLDS[hold.for] ?? hold.for) : reason, requestedBy === null ? null : `by ${requestedBy}`].filter((part) => part !== null).join(' ');

function due({ status, next, hold, attemptCount }: Delivery): Told[] {
  const open = { key: 'next', name: `Attempt ${attemptCount + 1}`, attempt: null, waitedMs: null, tookMs: null, isDue: true };
  if (status === 'held') return [{ ...open, state: status, result: 'held', at: hold?.nextAt ?? null }];
  if (status === 'parked') return [{ ...open, state: status, result: 'parked', at: null }];
  return next.step === 'later' ? [{ ...open, state: 'pending', result: 'due', at: next.notBefore }] : [];
}

/** States that last until what comes next. */
export const WAITS: ReadonlySet<string> = new Set(['held', 'parked']);

/** Places the bars. A gap is drawn at most as long as all work together, so that milliseconds stay visible beside hours of waiting. */
function place(rows: readonly Told[]): Row[] {
  const work = rows.reduce((sum, { tookMs }) => sum + (tookMs ?? 0), 0) || 1;
  const gapOf = (row: Told): number => (row.isDue ? work / 2 : Math.min(row.waitedMs ?? 0, work));
  const whole = rows.reduce((sum, row) => sum + gapOf(row) + (row.tookMs ?? 0), 0) + work / 10;
  let at = 0;
  return rows.map((row, i) => {
    at += gapOf(row);
    const from = (at / whole) * 100;
    at += row.tookMs ?? 0;
    const next = rows[i + 1];
    const lasts = row.tookMs ?? (WAITS.has(row.state ?? '') && next ? gapOf(next) : 0);
    return { ...row, from, width: row.isDue ? 100 - from : (lasts / whole) * 100 };
  });
}
