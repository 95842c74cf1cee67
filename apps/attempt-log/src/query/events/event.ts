import { FilteredEvent, isOfNoTenant, tenantsIn, type Principal } from '@nuncio/contracts';
import { Moment } from '@nuncio/service';
import { z } from 'zod';
import { ShownDelivery } from '../deliveries/delivery.js';
import { Lineage, lineageOf } from '../lineage.js';

/** The columns of log.events that are shown. */
export interface StoredEvent {
  id: string;
  event_at: Date;
  publisher: string;
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

/** SQL of these columns; `e` is the event. */
export const SHOWN = `e.id, e.event_at, e.publisher, e.ce_id, e.ce_source, e.event_type, e.attributes, e.content_type, octet_length(e.payload) AS payload_bytes, e.partition, e.record_offset,
  (SELECT u.reason FROM log.unmatched u WHERE u.event_id = e.id AND u.event_at = e.event_at) AS unmatched`;

/** What routing needs of an event: the tenants it names, and what filters read. */
export function addressedAs({ attributes, content_type, payload }: Pick<StoredEvent, 'attributes' | 'content_type'> & { readonly payload: Buffer }) {
  const tenants = tenantsIn(attributes.tenant ?? '');
  return { tenants, event: new FilteredEvent({ attributes, contentType: content_type, payload, tenants }) };
}

/**
 * SQL: of an event that was published twice, only the first record is shown to callers who see all tenants; `e` is the
 * event.
 */
export const IS_FIRST = 'NOT EXISTS (SELECT FROM log.events o WHERE o.id = e.id AND o.event_at < e.event_at)';

/** An event in the API. */
export const ShownEvent = z
  .object({
    id: z.string().meta({ examples: ['evt_2cf24dba5fb0a30e26e83b2ac5b9e29e'] }),
    ceId: z.string(),
    ceSource: z.string(),
    eventType: z.string(),
    publisher: z.string().nullable().describe('The tenant of the key that it was published with; null = a key without a tenant, or Kafka'),
    time: z.string().nullable().describe('Exactly as its producer wrote it'),
    tenants: z.array(z.string()).describe('The tenants that it names, of which a tenant sees only itself').meta({ examples: [['acme']] }),
    attributes: z.record(z.string(), z.string()).describe('Its CloudEvents attributes, with extensions').meta({ examples: [{ subject: 'order-4711' }] }),
    contentType: z.string().nullable().describe('Media type of its payload; null = not given').meta({ examples: ['application/json'] }),
    payloadBytes: z.int().describe('The length of its payload in bytes'),
    createdAt: Moment.describe('When it was published'),
    unmatched: z.string().nullable().describe('Why it has no delivery, or none for a tenant that it names (`unknown-tenant`); null = it has all'),
    lineage: Lineage,
    deliveries: z.array(ShownDelivery).describe('Its deliveries, at most 100. The rest is under GET /v1/deliveries?event=…'),
  })
  .meta({ id: 'Event' });

/** A tenant sees itself as the only tenant of the event, and nothing of the others' deliveries. */
export function showEvent(row: StoredEvent, caller: Principal, deliveries: ShownDelivery[]) {
  const { tenant: addressed, ...attributes } = row.attributes;
  const named = tenantsIn(addressed ?? '');
  const seesAll = isOfNoTenant(caller.role);
  return {
    id: row.id,
    ceId: row.ce_id,
    ceSource: row.ce_source,
    eventType: row.event_type,
    publisher: row.publisher || null,
    time: attributes.time ?? null,
    tenants: seesAll ? named : named.filter((tenant) => tenant === caller.tenant),
    attributes,
    contentType: row.content_type,
    payloadBytes: row.payload_bytes,
    createdAt: row.event_at,
    unmatched: row.unmatched === 'unknown-tenant' && !seesAll ? null : row.unmatched,
    lineage: lineageOf(row),
    deliveries,
  };
}

export type ShownEvent = ReturnType<typeof showEvent>;
