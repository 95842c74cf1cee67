import { attempts, type AttemptFact, type Attempted } from '@nuncio/contracts';
import { readJson, type InboundRecord } from '@nuncio/kafka';
import { dated, near } from '../partitions/day.js';

/** A fact and the record that it was read from. */
export interface PlacedFact<F extends AttemptFact = AttemptFact> {
  readonly fact: F;
  readonly record: Value & Pick<InboundRecord, 'offset'>;
}

export type Unreadable = { readonly reason: string; readonly detail: string };

type Value = Pick<InboundRecord, 'value' | 'timestamp'>;

/**
 * Reads a record of the topic `attempts`. Never throws. A time that no correct clock can have given is replaced in the fact, since rows are kept
 * under it; the record has it unchanged.
 */
export function readAttemptFact<R extends Value>(record: R, now: number): { fact: AttemptFact; record: R } | (Unreadable & { readonly reason: 'null-value' | 'bad-fact' }) | { newer: string; record: R } {
  if (record.value === null) return { reason: 'null-value', detail: 'the record has no value' };
  const read = readJson(attempts, record);
  if (read.is === 'newer') return { newer: read.detail, record };
  if (read.is === 'unreadable') return { reason: 'bad-fact', detail: read.detail };
  const { value: fact } = read;
  fact.eventAt = dated(fact.eventAt, now);
  if (fact.fact === 'attempted') fact.startedAt = near(fact.startedAt, dated(record.timestamp, now));
  return { fact, record };
}

export const isAttempted = (placed: PlacedFact): placed is PlacedFact<Attempted> => placed.fact.fact === 'attempted';
