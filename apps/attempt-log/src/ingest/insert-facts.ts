import type { Attempted, DeliveryFact, Dropped } from '@nuncio/contracts';
import { unnestInsert, type Column } from './unnest.js';

/** A row of a delivery's timeline: anything that happened to it other than an attempt. */
export interface TimelineFact {
  readonly delivery: string;
  readonly eventAt: number;
  readonly at: number;
  readonly number: number;
  /** The `fact` of the topic `attempts`; or what the log itself did: `asked`, `released`. */
  readonly fact: string;
  readonly reason: string | null;
  readonly requestedBy: string | null;
  /** The bulk operation; null = none. */
  readonly operation: string | null;
  /** JSON of `Hold`. */
  readonly hold: string | null;
}

export const timelineFactOf = (fact: Exclude<DeliveryFact, Attempted> | Dropped): TimelineFact => ({
  delivery: fact.delivery,
  eventAt: fact.eventAt,
  at: fact.at,
  number: fact.fact === 'skipped' ? 1 : fact.number,
  fact: fact.fact,
  reason: fact.reason,
  requestedBy: fact.fact === 'canceled' ? (fact.requestedBy ?? null) : null,
  operation: fact.operation ?? null,
  hold: fact.fact === 'held' && fact.hold ? JSON.stringify(fact.hold) : null,
});

export const factColumns: readonly Column<TimelineFact>[] = [
  { name: 'delivery', type: 'text', value: (fact) => fact.delivery },
  { name: 'event_at', type: 'timestamptz', value: (fact) => fact.eventAt },
  { name: 'at', type: 'timestamptz', value: (fact) => fact.at },
  { name: 'number', type: 'int', value: (fact) => fact.number },
  { name: 'fact', type: 'text', value: (fact) => fact.fact },
  { name: 'reason', type: 'text', value: (fact) => fact.reason },
  { name: 'requested_by', type: 'text', value: (fact) => fact.requestedBy },
  { name: 'operation', type: 'text', value: (fact) => fact.operation },
  { name: 'hold', type: 'json', value: (fact) => fact.hold },
];

/** A fact that is read again is already there. */
export const INSERT_FACTS = unnestInsert('log.facts', factColumns, 'ON CONFLICT DO NOTHING');
