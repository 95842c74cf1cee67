import type { NuncioEvent } from '@nuncio/contracts';
import type { InboundRecord } from '@nuncio/kafka';
import { unnestInsert, type Column } from './unnest.js';

export interface PlacedEvent {
  readonly event: NuncioEvent;
  readonly record: InboundRecord;
}

/** `at`: the time that the row is kept under. */
export const eventColumns: readonly Column<PlacedEvent & { readonly at: number }>[] = [
  { name: 'id', type: 'text', value: ({ event }) => event.id },
  { name: 'publisher', type: 'text', value: ({ event }) => event.publisher },
  { name: 'event_at', type: 'timestamptz', value: ({ at }) => at },
  { name: 'ce_id', type: 'text', value: ({ event }) => event.ceId },
  { name: 'ce_source', type: 'text', value: ({ event }) => event.source },
  { name: 'event_type', type: 'text', value: ({ event }) => event.type },
  { name: 'attributes', type: 'json', value: ({ event }) => JSON.stringify(event.attributes) },
  { name: 'content_type', type: 'text', value: ({ event }) => event.contentType },
  { name: 'payload', type: 'bytea', value: ({ event }) => event.payload },
  { name: 'partition', type: 'int', value: ({ record }) => record.partition },
  { name: 'record_offset', type: 'bigint', value: ({ record }) => record.offset },
];

export const INSERT_EVENTS = unnestInsert('log.events', eventColumns, 'ON CONFLICT DO NOTHING');
