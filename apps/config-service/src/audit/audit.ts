import { AggregateKind, reference, type Principal } from '@nuncio/contracts';
import { Moment } from '@nuncio/service';
import { z } from 'zod';
import { filter, PageQuery, Time, type RecordedEvent } from '../event-store/index.js';
import { anyOf } from '../lists/filter.js';
import { MASK } from '../presentation.js';

/** What GET /v1/audit is narrowed by; all but the times may be repeated: any of them. */
export const ListAudit = PageQuery.extend({ tenant: anyOf(reference('tenant')).optional(), kind: filter, id: filter, actor: filter, type: filter, since: Time.optional(), until: Time.optional() });
export type ListAudit = z.infer<typeof ListAudit>;

/** Tenants and API keys are the administrator's, and so is what happened to them. */
const ADMINISTRATIVE: readonly AggregateKind[] = ['tenant', 'api-key'];
export const kindsFor = ({ role }: Principal): AggregateKind[] => AggregateKind.options.filter((kind) => role === 'admin' || !ADMINISTRATIVE.includes(kind));

export const ShownEvent = z
  .object({
    position: z.int(),
    at: Moment,
    actor: z.string(),
    kind: AggregateKind,
    id: z.string(),
    tenant: z.string().nullable(),
    version: z.int(),
    type: z.string(),
    changes: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'ConfigurationEvent' });

/** Who, when, what changed: `changes` are the new values of the fields that are different now, of a move the move. */
export const showEvent = ({ position, at, actor, kind, id, tenant, version, type, data }: RecordedEvent) => ({
  position,
  at: at.toISOString(),
  actor,
  kind,
  id,
  tenant,
  version,
  type,
  changes: redact(kind === 'api-key' ? withoutHash(data) : data) as Record<string, unknown>,
});

/** All there is of an API key. */
const withoutHash = (data: RecordedEvent['data']): RecordedEvent['data'] => ('hash' in data ? { ...data, hash: MASK } : data);

/** Wherever they stand, sealed texts are known by their beginning. */
function redact(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith('s1.') ? MASK : value;
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, redact(inner)]));
}
