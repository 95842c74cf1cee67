import { AttemptFact, type Attempted } from '@nuncio/contracts';
import type { InboundRecord } from '@nuncio/kafka';
import { dated, near } from '../partitions/day.js';

/** A fact with its record. */
export interface PlacedFact<F extends AttemptFact = AttemptFact> {
  readonly fact: F;
  readonly record: InboundRecord;
}

export type Unreadable = { readonly reason: string; readonly detail: string };

/** Reads a record of the topic `attempts`. Never throws. Times that a row is kept under and that no clock can have meant are replaced; the record has them as they were. */
export function readAttemptFact<R extends Pick<InboundRecord, 'value' | 'timestamp'>>(record: R, now: number): { fact: AttemptFact; record: R } | Unreadable {
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
  fact.eventAt = dated(fact.eventAt, now);
  if (fact.fact === 'attempted') fact.startedAt = near(fact.startedAt, dated(record.timestamp, now));
  return { fact, record };
}

export const isAttempted = (placed: PlacedFact): placed is PlacedFact<Attempted> => placed.fact.fact === 'attempted';
