import { operationEvents, type OperationEvent } from '@nuncio/contracts';
import type { BatchProducer, ConfigView } from '@nuncio/kafka';
import type { Operation } from './operation.js';

/** Who does what nobody asked for. */
export const NUNCIO = 'nuncio';

export interface AuditPorts {
  readonly producer: Pick<BatchProducer, 'sendJson'>;
  readonly view: Pick<ConfigView, 'get'>;
}

/** Who may know of an operation: whoever has its callback, where it is one; else its requester's tenant and groups. */
export function ownersOf({ callback, requested_by }: Pick<Operation, 'callback' | 'requested_by'>, view: Pick<ConfigView, 'get'>): { readonly tenant: string | null; readonly groups: string[] } {
  const { tenant, groups } = (callback === null ? undefined : view.get('callback', callback)?.state) ?? requested_by;
  return { tenant, groups: [...groups] };
}

/** Puts a change of an operation's state on the audit. Resolves when Kafka has it: called before the change is committed, so that none is missing. */
export function audit(operation: Pick<Operation, 'id' | 'callback' | 'requested_by'>, change: Pick<OperationEvent, 'type' | 'version' | 'at' | 'actor' | 'data'>, { producer, view }: AuditPorts): Promise<void> {
  const { id, requested_by } = operation;
  return producer.sendJson(operationEvents, id, { operation: id, ...ownersOf(operation, view), ...change, data: { requestedBy: requested_by.id, ...change.data } });
}
