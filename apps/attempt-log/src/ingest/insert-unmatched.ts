import type { AttemptFact } from '@nuncio/contracts';
import { unnestInsert, type Column } from './unnest.js';

type Unmatched = Extract<AttemptFact, { fact: 'unmatched' }>;

export const unmatchedColumns: readonly Column<Unmatched>[] = [
  { name: 'event_id', type: 'text', value: (fact) => fact.event },
  { name: 'event_at', type: 'timestamptz', value: (fact) => fact.eventAt },
  { name: 'reason', type: 'text', value: (fact) => fact.reason },
];

/** An event that is replayed and unmatched again keeps its first reason. */
export const INSERT_UNMATCHED = unnestInsert('log.unmatched', unmatchedColumns, 'ON CONFLICT DO NOTHING');
