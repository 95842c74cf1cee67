import type { ConfigView } from '@nuncio/kafka';
import type { Operation } from '../bring-back/operation.js';
import type { NoticeFact } from './notice-fact.js';

/** An operation has come to its end. One of many callbacks is of who asked for it. */
export function finished({ id, kind, callback, requested_by, total, sent }: Operation, state: 'done' | 'canceled', view: Pick<ConfigView, 'get'>, at: number): NoticeFact {
  const tenant = (callback === null ? undefined : view.get('callback', callback)?.state.tenant) ?? requested_by.tenant;
  const data = { operation: id, kind, state, callback, requestedBy: requested_by.id, count: total, sent };
  return { type: 'nuncio.operation.finished', subject: id, tenant, groups: requested_by.groups, at, mark: 1, data };
}
