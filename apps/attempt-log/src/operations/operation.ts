import type { Principal } from '@nuncio/contracts';
import { Moment } from '@nuncio/service';
import { z } from 'zod';
import type { Selection } from './selection.js';

const OperationKind = z.enum(['recover', 'replay']);
export type OperationKind = z.infer<typeof OperationKind>;
const OperationState = z.enum(['running', 'paused', 'canceled', 'done']);
export type OperationState = z.infer<typeof OperationState>;

/** A row of log.operations. */
export interface Operation {
  readonly id: string;
  readonly kind: OperationKind;
  readonly state: OperationState;
  readonly requested_by: Principal;
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
