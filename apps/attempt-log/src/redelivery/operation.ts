import type { Principal } from '@nuncio/contracts';
import { Moment } from '@nuncio/service';
import { z } from 'zod';
import { DeliveryStatus } from '../delivery-status.js';
import { meaning, oneOf, refersTo } from '../query/filters/filter.js';
import type { Selection } from './selection.js';

export const OperationKind = z.enum(['recover', 'replay', 'send-now', 'cancel']);
export type OperationKind = z.infer<typeof OperationKind>;
export const OperationState = z.enum(['running', 'paused', 'canceled', 'done']);
export type OperationState = z.infer<typeof OperationState>;

/** Why Nuncio paused an operation: its requester may not ask for it any more. */
const PauseReason = z.enum(['tenant-deleted', 'token-ended', 'key-revoked', 'key-expired', 'permission-lost']);
export interface PausedBy {
  readonly code: z.infer<typeof PauseReason>;
  /** The same in words. */
  readonly reason: string;
}

/** GET /v1/operations. */
export const operationFilters = { kind: meaning('The kind of operation', oneOf('kind', OperationKind)), state: meaning('The state of the operation', oneOf('state', OperationState)), callback: refersTo('callback', 'callback') };

/**
 * Who asked for the operation; it reaches what they reach. `resumedBy`: the caller who resumed it after the requester
 * had lost their permission.
 */
export interface Requester extends Principal {
  readonly resumedBy?: Principal;
}

/** How many of the deliveries that the operation sent have reached each status; `open` = no result yet. */
export const Outcome = z
  .object({
    ...(Object.fromEntries(DeliveryStatus.options.map((status) => [status, z.int()])) as Record<DeliveryStatus, z.ZodInt>),
    dropped: z.int().describe('Not sent by this operation: another attempt of the same number was ahead, or the subscription may no longer have the event'),
    open: z.int().describe('Sent, without a result yet'),
  })
  .meta({ id: 'OperationOutcome' });
export type Outcome = z.infer<typeof Outcome>;

/** SQL: the `outcomes` of the operation with this id. */
export const outcomesOf = (id: string): string => `(SELECT json_object_agg(o.outcome, o.deliveries) FROM log.operation_outcomes o WHERE o.operation = ${id}) AS outcomes`;

/** A row of log.operations with its outcomes. */
export const OPERATION_COLUMNS = `operations.*, ${outcomesOf('operations.id')}`;

/** A row of log.operations. */
export interface Operation {
  readonly id: string;
  readonly kind: OperationKind;
  readonly state: OperationState;
  /** Why Nuncio paused it; null = it is not paused, or a person paused it. */
  readonly reason: string | null;
  /** null also in rows of former releases. */
  readonly reason_code: z.infer<typeof PauseReason> | null;
  readonly requested_by: Requester;
  readonly callback: string | null;
  readonly selection: Selection;
  readonly per_second: number;
  readonly total: number;
  readonly sent: number;
  /** Grows with each change of state. */
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly position_at: Date | null;
  readonly position_id: string | null;
}

/** Number of deliveries by result; null = no results yet. */
export type Outcomes = Readonly<Partial<Record<CameTo, number>>> | null;

const CAME_TO = [...DeliveryStatus.options, 'dropped'] as const;
type CameTo = (typeof CAME_TO)[number];

/**
 * After a crash two batches may have sent the same delivery, which then has one result; so `open` is never negative.
 */
export function outcomeOf(sent: number, outcomes: Outcomes): Outcome {
  const known = Object.fromEntries(CAME_TO.map((status) => [status, outcomes?.[status] ?? 0])) as Record<CameTo, number>;
  return { ...known, open: Math.max(0, sent - Object.values(known).reduce((sum, n) => sum + n, 0)) };
}

/** An operation in the API. */
export const ShownOperation = z
  .object({
    id: z.string().meta({ examples: ['op_019b5f3a2c80d41d8cd98f00b204e980'] }),
    kind: OperationKind.describe('The kind of operation'),
    state: OperationState.describe('The present state'),
    reason: z.string().nullable().describe('Why Nuncio paused it; null = it is not paused, or a person paused it'),
    reasonCode: PauseReason.nullable().describe('The stable code of `reason`; null = there is none, or it was paused by a former release'),
    requestedBy: z.string().describe('The key or person who started it').meta({ examples: ['key_019b5f3a2c80d41d8cd98f00b204e980'] }),
    callback: z.string().nullable().describe('The callback, if all deliveries go to one; null = they go to several'),
    selection: z.record(z.string(), z.unknown()).describe('What was selected'),
    perSecond: z.number().describe('Deliveries a second'),
    count: z.int().describe('The number of deliveries selected at the beginning'),
    sent: z.int().describe('How many of them have been sent'),
    passedOver: z.int().nullable().describe('Deliveries that were sent by someone else meanwhile, or are no longer kept; null until the operation has ended'),
    outcome: Outcome.describe('The results of the deliveries sent so far'),
    position: Moment.nullable().describe('The publishing time of the last event that was handled; the operation goes from the oldest to the newest'),
    createdAt: Moment,
    updatedAt: Moment,
  })
  .meta({ id: 'Operation' });

/** From its row. Dates become RFC 3339 when the answer is written as JSON. */
export const showOperation = (operation: Operation & { readonly outcomes: Outcomes }) => ({
  id: operation.id,
  kind: operation.kind,
  state: operation.state,
  reason: operation.reason,
  reasonCode: operation.reason_code,
  requestedBy: operation.requested_by.id,
  callback: operation.callback,
  selection: { ...operation.selection },
  perSecond: operation.per_second,
  count: operation.total,
  sent: operation.sent,
  /** Deliveries that were sent by someone else meanwhile, or are no longer kept. Known only at the end. */
  passedOver: operation.state === 'done' ? Math.max(0, operation.total - operation.sent) : null,
  outcome: outcomeOf(operation.sent, operation.outcomes),
  /** Time of the last event that it has handled; it goes from the oldest to the newest. */
  position: operation.position_at,
  createdAt: operation.created_at,
  updatedAt: operation.updated_at,
});
