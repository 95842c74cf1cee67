import type { ConfigView } from '@nuncio/kafka';
import type { Operation, Outcome } from '../redelivery/operation.js';
import { ownersOf } from '../redelivery/operation-event.js';
import type { NoticeFact } from './notice-fact.js';

/** The notice that an operation has ended. It goes to the owners of its callback, if it has one; else to those of its requester. */
export function finished(operation: Operation, state: 'done' | 'canceled', outcome: Outcome, view: Pick<ConfigView, 'get'>, at: number): NoticeFact {
  const { id, kind, callback, requested_by, total, sent } = operation;
  const data = { operation: id, kind, state, callback, requestedBy: requested_by.id, count: total, sent, outcome };
  return { type: 'nuncio.operation.finished', subject: id, ...ownersOf(operation, view), at, mark: 1, data };
}
