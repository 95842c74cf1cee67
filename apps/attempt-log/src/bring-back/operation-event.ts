import { operationEvents, reachesWholeTenant, type OperationEvent } from '@nuncio/contracts';
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

/** Nobody has a group without a name: what one who reached the whole tenant has begun is for the others who do. */
const NOBODYS: readonly string[] = [''];

/** Puts a change of an operation's state on the audit. Resolves when Kafka has it: called before the change is committed, so that none is missing. */
export function audit(operation: Pick<Operation, 'id' | 'callback' | 'requested_by'>, change: Pick<OperationEvent, 'type' | 'version' | 'at' | 'actor' | 'data'>, { producer, view }: AuditPorts): Promise<void> {
  const { id, callback, requested_by } = operation;
  const owners = ownersOf(operation, view);
  const groups = callback === null && reachesWholeTenant(requested_by.role) ? [...NOBODYS] : owners.groups;
  return producer.sendJson(operationEvents, id, { operation: id, ...owners, groups, ...change, data: { requestedBy: requested_by.id, ...change.data } });
}
