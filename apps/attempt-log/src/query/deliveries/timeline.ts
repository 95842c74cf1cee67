import { codeOfReason, DeliveryReason, Hold, type Attempted } from '@nuncio/contracts';
import { Moment } from '@nuncio/service';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import type { StoredDelivery } from './stored-delivery.js';

/** An entry of a delivery's timeline. */
export const TimelineEntry = z
  .object({
    at: Moment,
    fact: z.enum(['published', 'attempted', 'held', 'parked', 'released', 'asked', 'skipped', 'canceled', 'exhausted', 'expired', 'dropped']).describe('`asked`: somebody made the request in `reason`. `released`: sent after it was parked. `dropped`: a bulk operation sent it without effect, since another attempt was ahead.'),
    number: z.int().nullable().describe('The number of the attempt that it is about; null = none'),
    reason: z.string().nullable().describe('The reason; null = there is none'),
    reasonCode: DeliveryReason.nullable().describe('The stable code of a `reason` that is a sentence; null = there is none, or it is a word'),
    requestedBy: z.string().nullable(),
    attempt: z.string().nullable().describe("`attempted`: the attempt's id"),
    outcome: z.enum(['delivered', 'failed']).nullable().describe('`attempted`: the result'),
    hold: z.object({ for: Hold.shape.for.describe('What it waited for'), nextAt: Moment.describe('When the next attempt was due'), givesUpAt: Moment.describe('The delivery fails then, if no attempt could be made before') }).nullable().describe('`held`: why, and until when'),
  })
  .meta({ id: 'TimelineEntry' });
export type TimelineEntry = z.infer<typeof TimelineEntry>;

interface StoredFact {
  readonly at: Date;
  readonly number: number;
  readonly fact: TimelineEntry['fact'];
  readonly reason: string | null;
  readonly requested_by: string | null;
  readonly hold: Hold | null;
}

/** The latest are shown. A delivery that is held for days has a fact every ten minutes. */
const MAX_FACTS = 1_000;

const FACTS = `SELECT at, number, fact, reason, requested_by, hold FROM log.facts WHERE delivery = $1 AND event_at = $2 ORDER BY at DESC, number DESC LIMIT ${MAX_FACTS}`;

/** Everything that happened to a delivery, oldest first. For the time before the log kept all facts, only attempts are known. */
export async function timelineOf(dataSource: DataSource, { id, event_at }: Pick<StoredDelivery, 'id' | 'event_at'>, attempts: readonly Attempted[]): Promise<TimelineEntry[]> {
  const facts = await dataSource.query<StoredFact[]>(FACTS, [id, event_at]);
  return [...attempts.map(tried), ...facts.map(happened), { ...nothing, at: rfc3339(event_at.getTime()), fact: 'published' as const, number: null }].sort(byTime);
}

const nothing = { reason: null, reasonCode: null, requestedBy: null, attempt: null, outcome: null, hold: null };
const rfc3339 = (ms: number): string => new Date(ms).toISOString();

const tried = ({ startedAt, number, reason, requestedBy, id, outcome }: Attempted): TimelineEntry => ({
  ...nothing,
  at: rfc3339(startedAt),
  fact: 'attempted',
  number,
  reason,
  requestedBy: requestedBy ?? null,
  attempt: id,
  outcome,
});

const happened = ({ at, number, fact, reason, requested_by, hold }: StoredFact): TimelineEntry => ({
  ...nothing,
  at: rfc3339(at.getTime()),
  fact,
  number,
  reason,
  reasonCode: fact === 'asked' ? null : codeOfReason(reason),
  requestedBy: requested_by,
  hold: hold && { for: hold.for, nextAt: rfc3339(hold.notBefore), givesUpAt: rfc3339(hold.givesUpAt) },
});

/** Publishing comes first, whatever the clocks say. At the same time, an attempt comes after the fact that led to it. */
const byTime = (a: TimelineEntry, b: TimelineEntry): number =>
  Number(b.fact === 'published') - Number(a.fact === 'published') ||
  Date.parse(a.at) - Date.parse(b.at) ||
  (a.number ?? 0) - (b.number ?? 0) ||
  Number(a.fact === 'attempted') - Number(b.fact === 'attempted');
