import type { Principal } from '@nuncio/contracts';
import type { Selection } from './selection.js';

export type OperationKind = 'recover' | 'replay';
export type OperationState = 'running' | 'paused' | 'canceled' | 'done';

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

/** An operation in the API. Dates become RFC 3339 when it is written as JSON. */
export const showOperation = (operation: Operation) => ({
  id: operation.id,
  kind: operation.kind,
  state: operation.state,
  requestedBy: operation.requested_by.id,
  callback: operation.callback,
  selection: operation.selection,
  perSecond: operation.per_second,
  /** How many there were at the beginning. */
  count: operation.total,
  sent: operation.sent,
  /** What was sent otherwise meanwhile, or is not kept any more; known at the end. */
  passedOver: operation.state === 'done' ? Math.max(0, operation.total - operation.sent) : null,
  /** It has come to the events of this time, oldest first. */
  position: operation.position_at,
  createdAt: operation.created_at,
  updatedAt: operation.updated_at,
});

export type ShownOperation = ReturnType<typeof showOperation>;
