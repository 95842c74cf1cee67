import type { EventType } from './aggregates/event-type.js';
import type { FaultDetail } from './fault.js';

/**
 * Faults in the tenants that an event names, given the audience of its type. `pointer`: the place of the event in the
 * request.
 */
export function addressingFaults({ name, audience }: EventType, tenants: readonly string[], isThere: (tenant: string) => boolean, pointer = ''): FaultDetail[] {
  if (audience === 'broadcast') return [];
  if (!tenants.length) return [{ pointer: `${pointer}/tenant`, code: 'no-tenant', detail: `events of type "${name}" must name their tenants in the attribute tenant (over HTTP the header ce-tenant)` }];
  return tenants
    .filter((tenant) => !isThere(tenant))
    .map((tenant) => ({ pointer: `${pointer}/tenant`, code: 'unknown-tenant', detail: `there is no tenant "${tenant.slice(0, 64)}"` }));
}

/** Says that an event type is not in the catalogue, and who can mend that. */
export const noEventType = (name: string): string => `there is no event type "${name}": an admin or a provider creates it, with POST /v1/event-types`;
