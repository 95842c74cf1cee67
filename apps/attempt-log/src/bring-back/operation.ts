import type { Principal } from '@nuncio/contracts';
import { Moment } from '@nuncio/service';
import { z } from 'zod';
import { oneOf, refersTo } from '../query/filters/filter.js';
import type { Selection } from './selection.js';

export const OperationKind = z.enum(['recover', 'replay', 'send-now', 'cancel']);
export type OperationKind = z.infer<typeof OperationKind>;
export const OperationState = z.enum(['running', 'paused', 'canceled', 'done']);
export type OperationState = z.infer<typeof OperationState>;

/** GET /v1/operations. */
export const operationFilters = { kind: oneOf('kind', OperationKind), state: oneOf('state', OperationState), callback: refersTo('callback', 'callback') };

/** Who asked, and whose reach it has; `resumedBy` speaks for it since nobody else did. */
export interface Requester extends Principal {
  readonly resumedBy?: Principal;
}

/** A row of log.operations. */
export interface Operation {
  readonly id: string;
  readonly kind: OperationKind;
  readonly state: OperationState;
  /** Why it is paused; null = somebody paused it, or it is not. */
  readonly reason: string | null;
  readonly requested_by: Requester;
  readonly callback: string | null;
  readonly selection: Selection;
  readonly per_second: number;
  readonly total: number;
  readonly sent: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly position_at: Date | null;
  readonly position_id: string | null;
}

/** An operation in the API. */
export const ShownOperation = z
  .object({
    id: z.string(),
    kind: OperationKind,
    state: OperationState,
    reason: z.string().nullable(),
    requestedBy: z.string(),
    callback: z.string().nullable(),
    selection: z.record(z.string(), z.unknown()),
    perSecond: z.number(),
    /** How many there were at the beginning. */
    count: z.int(),
    sent: z.int(),
    passedOver: z.int().nullable(),
    position: Moment.nullable(),
    createdAt: Moment,
    updatedAt: Moment,
  })
  .meta({ id: 'Operation' });

/** Out of its row. Dates become RFC 3339 when it is written as JSON. */
export const showOperation = (operation: Operation) => ({
  id: operation.id,
  kind: operation.kind,
  state: operation.state,
  reason: operation.reason,
  requestedBy: operation.requested_by.id,
  callback: operation.callback,
  selection: { ...operation.selection },
  perSecond: operation.per_second,
  count: operation.total,
  sent: operation.sent,
  /** What was sent otherwise meanwhile, or is not kept any more; known at the end. */
  passedOver: operation.state === 'done' ? Math.max(0, operation.total - operation.sent) : null,
  /** It has come to the events of this time, oldest first. */
  position: operation.position_at,
  createdAt: operation.created_at,
  updatedAt: operation.updated_at,
});
