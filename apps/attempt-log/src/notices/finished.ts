import type { ConfigView } from '@nuncio/kafka';
import type { Operation } from '../bring-back/operation.js';
import type { NoticeFact } from './notice-fact.js';

/** An operation has come to its end. One of one callback is of who manages that, whoever asked for it; one of many, of who asked. */
export function finished({ id, kind, callback, requested_by, total, sent }: Operation, state: 'done' | 'canceled', view: Pick<ConfigView, 'get'>, at: number): NoticeFact {
  const { tenant, groups } = (callback === null ? undefined : view.get('callback', callback)?.state) ?? requested_by;
  const data = { operation: id, kind, state, callback, requestedBy: requested_by.id, count: total, sent };
  return { type: 'nuncio.operation.finished', subject: id, tenant, groups, at, mark: 1, data };
}
