import { z } from 'zod';
import { Millis, Position } from '../schema.js';
import { ApiKey } from './api-key.js';
import { Application } from './application.js';
import { Callback } from './callback.js';
import { Credential } from './credential.js';
import { EventType } from './event-type.js';
import { PortalSessions } from './portal-sessions.js';
import { Subscription } from './subscription.js';
import { Tenant } from './tenant.js';

/** Every kind of aggregate, and the schema of its published state. A new one needs a file and a line here. */
export const aggregates = {
  tenant: Tenant,
  'api-key': ApiKey,
  'event-type': EventType,
  application: Application,
  credential: Credential,
  callback: Callback,
  subscription: Subscription,
  'portal-sessions': PortalSessions,
} as const;

export const AggregateKind = z.enum(Object.keys(aggregates) as (keyof typeof aggregates)[]);
export type AggregateKind = z.infer<typeof AggregateKind>;
export type AggregateState<K extends AggregateKind> = z.infer<(typeof aggregates)[K]>;

/** Stream name in the event store and key on `config.log` and `config.state`: `callback-cb_…`. */
export const streamOf = (kind: AggregateKind, id: string): string => `${kind}-${id}`;

const record = <K extends AggregateKind, S extends z.ZodType>(kind: K, state: S) =>
  z.object({
    kind: z.literal(kind),
    id: z.string(),
    position: Position,
    version: z.int().min(1),
    at: Millis,
    /** null = deleted. */
    state: state.nullable(),
  });

/** The last state of one aggregate, as it is on the compacted topic. */
export const AggregateRecord = z.discriminatedUnion('kind', [
  record('tenant', Tenant),
  record('api-key', ApiKey),
  record('event-type', EventType),
  record('application', Application),
  record('credential', Credential),
  record('callback', Callback),
  record('subscription', Subscription),
  record('portal-sessions', PortalSessions),
]);
export type AggregateRecord = z.infer<typeof AggregateRecord>;

export * from './api-key.js';
export * from './application.js';
export * from './callback.js';
export * from './credential.js';
export * from './event-type.js';
export { EndedSessions, hasEnded, PortalSessions, covers as coversSessions, type SessionInForce } from './portal-sessions.js';
export * from './roles.js';
export * from './subscription.js';
export * from './tenant.js';
