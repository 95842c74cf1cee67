import { AggregateKind, reference, type Principal } from '@nuncio/contracts';
import { Moment } from '@nuncio/service';
import { z } from 'zod';
import { filter, PageQuery, Time, type Page, type RecordedEvent } from '../event-store/index.js';
import { anyOf } from '../lists/filter.js';
import { MASK } from '../presentation.js';
import type { RecordedOperation } from './recorded-operation.entity.js';

/**
 * A place in the audit. `nth` 0 is the configuration event at `position`; 1 and up are changes of operations after it,
 * before the next event.
 */
interface Place {
  readonly position: number;
  readonly nth: number;
}

/** `position` or `position.nth`, in base64url. */
const Cursor = z.string().transform((text, ctx): Place => {
  const [, position, nth = 0] = /^(\d{1,15})(?:\.(\d{1,15}))?$/.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  if (position) return { position: Number(position), nth: Number(nth) };
  ctx.addIssue({ code: 'custom', message: 'is not a cursor of this list' });
  return z.NEVER;
});

/** The filters of GET /v1/audit. All but the times may be repeated, and match any of the values. */
export const ListAudit = PageQuery.extend({ cursor: Cursor.optional(), tenant: anyOf(reference('tenant')).optional(), kind: filter.describe('Kinds of resources, or `operation`'), id: filter.describe('Ids of resources or operations'), actor: filter.describe('The key or person who did it'), type: filter.describe('The kind of change: created, changed, deleted, moved …; for operations begun, paused, resumed, canceled, finished'), since: Time.optional(), until: Time.optional() });
export type ListAudit = z.infer<typeof ListAudit>;

/** Events of tenants, API keys and portal sessions are visible to the administrator only. */
const ADMINISTRATIVE: readonly AggregateKind[] = ['tenant', 'api-key', 'portal-sessions'];
export const kindsFor = ({ role }: Principal): AggregateKind[] => AggregateKind.options.filter((kind) => role === 'admin' || !ADMINISTRATIVE.includes(kind));

/** Whether the list includes changes of operations. */
export const isOfOperations = ({ kind }: ListAudit): boolean => !kind || kind.includes(OPERATION);
const OPERATION = 'operation';

export const ShownEvent = z
  .object({
    position: z.int().describe('The position among all configuration events; for an operation, that of the last event before it'),
    at: Moment,
    actor: z.string().describe('The key or person who did it').meta({ examples: ['key_019b5f3a2c80d41d8cd98f00b204e980'] }),
    kind: z.enum([...AggregateKind.options, OPERATION]).describe('The kind of resource'),
    id: z.string().describe('Id of the resource, or of the operation'),
    tenant: z.string().nullable().describe('Id of its tenant; null = none'),
    version: z.int(),
    type: z.string().describe('The kind of change').meta({ examples: ['changed'] }),
    changes: z.record(z.string(), z.unknown()).describe('The new values of the fields that have changed; secrets are `<redacted>`. For an operation: the selection, who started it, and its results'),
  })
  .meta({ id: 'ConfigurationEvent' });
type ShownEvent = z.infer<typeof ShownEvent>;

/** An entry of the audit with its place. */
type Placed = readonly [Place, ShownEvent];

/** Who changed what, and when. `changes` has the new values of the fields that differ; for a move, the move. */
export const showEvent = ({ position, at, kind, data, actor, id, tenant, version, type }: RecordedEvent): Placed => {
  const changes = shown(kind === 'api-key' ? withoutHash(data) : data) as Record<string, unknown>;
  return [{ position, nth: 0 }, { position, at: at.toISOString(), actor, kind, id, tenant, version, type, changes }];
};

export const showOperation = ({ position, nth, at, actor, id, tenant, version, type, data }: RecordedOperation): Placed => [
  { position, nth },
  { position, at: at.toISOString(), actor, kind: OPERATION, id, tenant, version, type, changes: data },
];

/** The newest `limit` entries. `entries` has one more than that of each kind, if there are more. */
export function auditPage(entries: Placed[], limit: number): Page<ShownEvent> {
  const shown = entries.sort(([a], [b]) => b.position - a.position || b.nth - a.nth).slice(0, limit);
  const [last] = entries.length > limit ? (shown.at(-1) ?? []) : [];
  return { items: shown.map(([, event]) => event), next: last ? Buffer.from(`${last.position}.${last.nth}`).toString('base64url') : null };
}

/** An API key's hash is masked: it is all that is known of the key. */
const withoutHash = (data: RecordedEvent['data']): RecordedEvent['data'] => ('hash' in data ? { ...data, hash: MASK } : data);

/** Stored as epoch milliseconds. */
const IS_TIME = /(?:At|Until)$/;

/** Masks every sealed text, which is recognised by its beginning, and writes times as the API does everywhere. `name`: of the field that has the value. */
function shown(value: unknown, name = ''): unknown {
  if (typeof value === 'string') return value.startsWith('s1.') ? MASK : value;
  if (typeof value === 'number') return IS_TIME.test(name) ? new Date(value).toISOString() : value;
  if (Array.isArray(value)) return value.map((one) => shown(one, name));
  if (typeof value !== 'object' || value === null) return value;
  // `secretsAt` has a time for each secret.
  return Object.fromEntries(Object.entries(value).map(([inner, of]) => [inner, shown(of, IS_TIME.test(name) ? name : inner)]));
}
