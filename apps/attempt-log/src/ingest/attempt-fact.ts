import { AttemptFact, type Attempted } from '@nuncio/contracts';
import type { InboundRecord } from '@nuncio/kafka';

/** A fact with its place on the topic. */
export interface PlacedFact<F extends AttemptFact = AttemptFact> {
  readonly fact: F;
  readonly record: InboundRecord;
  /** Facts of one delivery are in one partition: the higher offset is the later fact. */
  readonly offset: number;
}

export type Unreadable = { readonly reason: string; readonly detail: string };

/** Clocks may differ a little; a time further off is no time, and there is no partition for it. */
const MAX_AHEAD_MS = 86_400_000;

/** Reads a record of the topic `attempts`. Never throws. */
export function readAttemptFact(record: InboundRecord, now: number): PlacedFact | Unreadable {
  if (record.value === null) return { reason: 'null-value', detail: 'the record has no value' };
  let value: unknown;
  try {
    value = JSON.parse(record.value.toString('utf8'));
  } catch {
    return { reason: 'bad-json', detail: 'the value is not JSON' };
  }
  const parsed = AttemptFact.safeParse(value);
  if (!parsed.success) return { reason: 'bad-fact', detail: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ') };
  const { data: fact } = parsed;
  if (Math.max(fact.eventAt, fact.fact === 'attempted' ? fact.startedAt : 0) > now + MAX_AHEAD_MS)
    return { reason: 'bad-time', detail: 'eventAt or startedAt is in the future' };
  return { fact, record, offset: Number(record.offset) };
}

export const isAttempted = (placed: PlacedFact): placed is PlacedFact<Attempted> => placed.fact.fact === 'attempted';
