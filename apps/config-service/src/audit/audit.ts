import { AggregateKind, reference, type Principal } from '@nuncio/contracts';
import { Moment } from '@nuncio/service';
import { z } from 'zod';
import { filter, PageQuery, Time, type RecordedEvent } from '../event-store/index.js';
import { anyOf } from '../lists/filter.js';
import { MASK } from '../presentation.js';

/** What GET /v1/audit is narrowed by; all but the times may be repeated: any of them. */
export const ListAudit = PageQuery.extend({ tenant: anyOf(reference('tenant')).optional(), kind: filter.describe('Kinds of resources'), id: filter.describe('Ids of resources'), actor: filter.describe('Who did it: a key or a person'), type: filter.describe('What was done: created, changed, deleted, moved …'), since: Time.optional(), until: Time.optional() });
export type ListAudit = z.infer<typeof ListAudit>;

/** Tenants and API keys are the administrator's, and so is what happened to them. */
const ADMINISTRATIVE: readonly AggregateKind[] = ['tenant', 'api-key'];
export const kindsFor = ({ role }: Principal): AggregateKind[] => AggregateKind.options.filter((kind) => role === 'admin' || !ADMINISTRATIVE.includes(kind));

export const ShownEvent = z
  .object({
    position: z.int().describe('Its place among all events of configuration'),
    at: Moment,
    actor: z.string().describe('The key or person who did it').meta({ examples: ['key_019b5f3a2c80d41d8cd98f00b204e980'] }),
    kind: AggregateKind.describe('The kind of resource'),
    id: z.string().describe('Id of the resource'),
    tenant: z.string().nullable().describe('Id of its tenant; null = it is of none'),
    version: z.int(),
    type: z.string().describe('What was done').meta({ examples: ['changed'] }),
    changes: z.record(z.string(), z.unknown()).describe('The new values of the fields that are different now; secrets are `<redacted>`'),
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
