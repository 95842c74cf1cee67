import { addressingFaults, compileFilter, FilteredEvent, isReserved, isUnreadable, NOTICE_SOURCE, pausedFor, readEvent, refusals, STRUCTURED, type Addressed, type Callback, type EventType, type FaultDetail, type Principal, type Refusal, type Subscription } from '@nuncio/contracts';
import { payloadFaults } from '@nuncio/payload-schema';
import { pageOf } from '@nuncio/service';
import { z } from 'zod';
import { invalid } from '../faults.js';

/** A CloudEvent in JSON format. Absent attributes get placeholder values; the type is the simulated one. */
export const SimulatedEvent = z
  .record(z.string(), z.unknown())
  .meta({ id: 'SimulatedEvent', description: 'A CloudEvent in JSON format: `data` or `data_base64`, `tenant`, any attributes. All may be absent.' });

/** A refusal other than an unknown type, since the simulated type exists. */
type Against = Exclude<Refusal, 'unknown-type'>;

const Reason = z.enum(['other-tenant', 'other-type', 'other-callback', 'needs-approval', 'tenant-suspended', 'inactive', 'filtered-out', 'awaits-approval', 'refused', 'blocked', 'disabled', 'paused'] satisfies (Against | 'refused' | 'blocked' | 'disabled' | 'paused')[]);

const Verdict = z.object({
  outcome: z.enum(['delivered', 'held', 'parked', 'skipped', 'none']).describe('What the subscription would do with it'),
  reasons: z.array(z.object({ code: Reason.describe('The condition that does not hold'), detail: z.string() })).describe('Why not'),
});
type Verdict = z.infer<typeof Verdict>;

/** Whether the event would be accepted, and what each subscription would do with it. */
export const Simulation = z.object({
  admitted: z.boolean().describe('Whether the event would be accepted'),
  errors: z.array(z.object({ pointer: z.string().describe('A JSON pointer (RFC 6901) into the event'), code: z.string().describe('The kind of fault'), detail: z.string() })).describe('Why it would not be accepted'),
  ...pageOf(Verdict.extend({ subscription: z.string(), tenant: z.string(), callback: z.string() })).shape,
});

type Simulated = Addressed & { readonly type: EventType };

/** Reads the event as intake would. Throws Fault `invalid` if it is no CloudEvent of this type. */
export function simulated(type: EventType, given: z.infer<typeof SimulatedEvent>, caller: Principal): Simulated {
  const defaults = { specversion: '1.0', id: 'simulated', source: isReserved(type.name) ? NOTICE_SOURCE : caller.id, type: type.name, ...(caller.tenant === null ? {} : { tenant: caller.tenant }) };
  const event = readEvent({ 'content-type': STRUCTURED }, Buffer.from(JSON.stringify(given)), (attributes) => Object.assign(attributes, { ...defaults, ...attributes }));
  if (isUnreadable(event)) throw invalid('', event.reason, event.detail);
  if (event.type !== type.name) throw invalid('/type', 'other-type', `must be "${type.name}", the simulated type`);
  return { type, tenants: event.tenants, event: new FilteredEvent(event) };
}

/** The faults for which the event would be refused before routing; empty = it would be accepted. */
export const admissionFaults = ({ type, tenants, event }: Simulated, isThere: (tenant: string) => boolean = () => true): FaultDetail[] => [
  ...addressingFaults(type, tenants, isThere),
  ...payloadFaults(type.schema, event),
];

/** The configuration around a subscription that decides about its deliveries. */
interface Surroundings {
  /** null = the callback is not loaded. */
  readonly callback: Pick<Callback, 'enabled' | 'pausedUntil'> | null;
  readonly now: number;
  readonly isTenantSuspended: boolean;
}

/** What one subscription would do with the event. */
export function verdictOf(subscription: Subscription, { callback, now, isTenantSuspended }: Surroundings, event: Simulated, admitted: boolean): Verdict {
  const candidate = { subscription, filter: subscription.filter && compileFilter(subscription.filter, subscription.tenant), isTenantSuspended };
  const against = (refusals(candidate, event) as Against[]).map((code) => ({ code, detail: SENTENCES[code](subscription, event) }));
  if (!admitted) return { outcome: 'none', reasons: [{ code: 'refused', detail: 'the event would be refused, or recorded without a delivery' }, ...against] };
  if (against.length) return { outcome: against.every(({ code }) => code === 'awaits-approval') ? 'parked' : 'none', reasons: against };
  if (subscription.state === 'blocked') return { outcome: 'parked', reasons: [{ code: 'blocked', detail: `the subscription is blocked: ${subscription.reason ?? 'by hand'}` }] };
  if (!callback?.enabled) return { outcome: 'skipped', reasons: [{ code: 'disabled', detail: 'the callback is disabled' }] };
  if (pausedFor(callback, now) > 0) return { outcome: 'held', reasons: [{ code: 'paused', detail: `the callback is paused until ${new Date(callback.pausedUntil ?? now).toISOString()}` }] };
  return { outcome: 'delivered', reasons: [] };
}

const SENTENCES: Readonly<Record<Against, (subscription: Subscription, event: Simulated) => string>> = {
  'other-tenant': ({ tenant }) => `the event does not name the tenant ${tenant}`,
  'other-type': ({ eventTypes }, { type }) => `it is for ${eventTypes.join(', ')}, not for ${type.name}`,
  'other-callback': () => 'the notice is for another callback',
  'needs-approval': (_, { type }) => `"*" does not cover ${type.name}, which requires approval`,
  'tenant-suspended': ({ tenant }) => `the tenant ${tenant} is suspended`,
  inactive: ({ state }) => `the subscription is ${state}`,
  'filtered-out': () => 'the event does not pass its filter',
  'awaits-approval': ({ state }) => `the subscription is ${state}, and its events are parked until it is approved again`,
};
