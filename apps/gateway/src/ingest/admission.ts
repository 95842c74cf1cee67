import { addressingFaults, Fault, isReserved, noEventType, type EventType, type FaultDetail, type NuncioEvent, type Principal } from '@nuncio/contracts';

/**
 * Faults of a readable event that was published over HTTP. Over Kafka such an event is recorded instead, and waits for a
 * replay.
 */
export const admit = ({ type, tenants }: Pick<NuncioEvent, 'type' | 'tenants'>, known: EventType | undefined, isThere: (tenant: string) => boolean, pointer: string): FaultDetail[] => {
  if (isReserved(type)) return [{ pointer: `${pointer}/type`, code: 'reserved', detail: `events of type "${type}" are published by Nuncio only` }];
  if (!known) return [{ pointer: `${pointer}/type`, code: 'unknown-type', detail: noEventType(type) }];
  return addressingFaults(known, tenants, isThere, pointer);
};

/** A key with a tenant may publish for this tenant only. Throws Fault `forbidden`. */
export function checkReach({ tenant }: Principal, { type, tenants }: Pick<NuncioEvent, 'type' | 'tenants'>, known: EventType): void {
  if (tenant === null) return;
  if (known.audience === 'broadcast') throw new Fault('forbidden', `A key of the tenant ${tenant} cannot publish events of type "${type}": they go to all tenants.`);
  const other = tenants.find((named) => named !== tenant);
  if (other !== undefined) throw new Fault('forbidden', `This key belongs to the tenant ${tenant}, and cannot publish for ${other}.`);
}
