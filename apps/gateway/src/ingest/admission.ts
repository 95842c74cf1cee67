import { addressingFaults, Fault, isReserved, type EventType, type FaultDetail, type NuncioEvent, type Principal } from '@nuncio/contracts';

/** What is wrong with an event over HTTP although it can be read (over Kafka it is recorded and waits for a replay). */
export const admit = ({ type, tenants }: Pick<NuncioEvent, 'type' | 'tenants'>, known: EventType | undefined, isThere: (tenant: string) => boolean, pointer: string): FaultDetail[] => {
  if (isReserved(type)) return [{ pointer: `${pointer}/type`, code: 'reserved', detail: `Nuncio alone publishes events of type "${type}"` }];
  if (!known) return [{ pointer: `${pointer}/type`, code: 'unknown-type', detail: `there is no event type "${type}"` }];
  return addressingFaults(known, tenants, isThere, pointer);
};

/** A key with a tenant publishes for this tenant alone. Throws Fault `forbidden`. */
export function checkReach({ tenant }: Principal, { type, tenants }: Pick<NuncioEvent, 'type' | 'tenants'>, known: EventType): void {
  if (tenant === null) return;
  if (known.audience === 'broadcast') throw new Fault('forbidden', `Events of type "${type}" go to all tenants; this key is the tenant ${tenant}'s.`);
  const other = tenants.find((named) => named !== tenant);
  if (other !== undefined) throw new Fault('forbidden', `This key publishes for the tenant ${tenant} alone, not for ${other}.`);
}
