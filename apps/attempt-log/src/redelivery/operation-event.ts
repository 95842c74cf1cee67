import { operationEvents, reachesWholeTenant, type OperationEvent } from '@nuncio/contracts';
import type { BatchProducer, ConfigView } from '@nuncio/kafka';
import type { Operation } from './operation.js';

/** The actor of changes that nobody asked for. */
export const NUNCIO = 'nuncio';

interface AuditPorts {
  readonly producer: Pick<BatchProducer, 'sendJson'>;
  readonly view: Pick<ConfigView, 'get'>;
}

/** Who may see an operation: the owners of its callback, if it is limited to one; else the requester's tenant and groups. */
export function ownersOf({ callback, requested_by }: Pick<Operation, 'callback' | 'requested_by'>, view: Pick<ConfigView, 'get'>): { readonly tenant: string | null; readonly groups: string[] } {
  const { tenant, groups } = (callback === null ? undefined : view.get('callback', callback)?.state) ?? requested_by;
  return { tenant, groups: [...groups] };
}

/** No person is in a group without a name. An operation begun by a caller who reaches the whole tenant is visible only to others who do. */
const NOBODYS: readonly string[] = [''];

/**
 * Writes a change of an operation's state to the audit. Resolves once Kafka has it. Called before the change is committed, so that no committed
 * change is missing.
 */
export function audit(operation: Pick<Operation, 'id' | 'callback' | 'requested_by'>, change: Pick<OperationEvent, 'type' | 'version' | 'at' | 'actor' | 'data'>, { producer, view }: AuditPorts): Promise<void> {
  const { id, callback, requested_by } = operation;
  const owners = ownersOf(operation, view);
  const groups = callback === null && reachesWholeTenant(requested_by.role) ? [...NOBODYS] : owners.groups;
  return producer.sendJson(operationEvents, id, { operation: id, ...owners, groups, ...change, data: { requestedBy: requested_by.id, ...change.data } });
}
