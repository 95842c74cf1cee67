import { events, type Principal } from '@nuncio/contracts';
import type { ShownDelivery } from './delivery.js';

/** A row of log.events, as far as it is shown. */
export interface StoredEvent {
  id: string;
  event_at: Date;
  ce_id: string;
  ce_source: string;
  event_type: string;
  attributes: Readonly<Record<string, string>>;
  content_type: string | null;
  payload_bytes: number;
  partition: number;
  record_offset: string;
  unmatched: string | null;
}

/** Of an event that was published twice only the first record counts; `e` is the event. */
export const IS_FIRST = 'NOT EXISTS (SELECT FROM log.events o WHERE o.id = e.id AND o.event_at < e.event_at)';

/** Of its tenants a tenant sees only itself. */
export function showEvent(row: StoredEvent, caller: Principal, deliveries: ShownDelivery[]) {
  const { tenant: addressed, ...attributes } = row.attributes;
  const named = addressed?.split(',').flatMap((name) => name.trim() || []) ?? [];
  const tenants = caller.role === 'admin' || caller.role === 'provider' ? named : named.filter((tenant) => tenant === caller.tenant);
  return {
    id: row.id,
    ceId: row.ce_id,
    ceSource: row.ce_source,
    eventType: row.event_type,
    time: attributes.time ?? null,
    tenants,
    attributes,
    contentType: row.content_type,
    payloadBytes: row.payload_bytes,
    createdAt: row.event_at,
    unmatched: row.unmatched,
    lineage: lineageOf(row),
    deliveries,
  };
}

/** The record that an event was read from; an offset may be beyond what a JSON number holds. */
export const lineageOf = ({ partition, record_offset }: Pick<StoredEvent, 'partition' | 'record_offset'>) => ({ topic: events.name, partition, offset: record_offset });

export type Lineage = ReturnType<typeof lineageOf>;
export type ShownEvent = ReturnType<typeof showEvent>;
