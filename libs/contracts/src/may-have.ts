import type { EventType } from './aggregates/event-type.js';
import type { Subscription, SubscriptionState } from './aggregates/subscription.js';
import type { EventTest, FilteredEvent } from './filter/index.js';

/** In the place of event types: every one that requires no approval. */
export const EVERYTHING = '*';

/** A subscription, and what else of configuration decides about it. */
export interface Candidate {
  readonly subscription: Subscription;
  /** Its filter, compiled; null = it has none. */
  readonly filter: EventTest | null;
  readonly isTenantSuspended: boolean;
}

/** An event, its type (undefined = there is none of this name), and the tenants that it names. */
export interface Addressed {
  readonly type: EventType | undefined;
  readonly tenants: readonly string[];
  readonly event: FilteredEvent;
}

/** Why a subscription may not have an event. `awaits-approval` alone is no end: what comes is parked until it is approved again. */
export type Refusal = 'unknown-type' | 'other-tenant' | 'other-type' | 'needs-approval' | 'tenant-suspended' | 'awaits-approval' | 'inactive' | 'filtered-out';

/** Activated ones are delivered to, for blocked ones events are parked. */
const TAKING_PART: ReadonlySet<SubscriptionState> = new Set(['activated', 'blocked']);

/** Whether event types, or `*`, cover a type. */
export const covers = (eventTypes: readonly string[], { name, approval }: Pick<EventType, 'name' | 'approval'>): boolean =>
  eventTypes.includes(name) || (approval === 'none' && eventTypes.includes(EVERYTHING));

const isCovered = ({ subscription: { eventTypes } }: Candidate, { type }: Addressed): boolean => !type || covers(eventTypes, type);
const isStar = ({ subscription: { eventTypes } }: Candidate): boolean => eventTypes.includes(EVERYTHING);
const isActive = ({ subscription: { state } }: Pick<Candidate, 'subscription'>): boolean => TAKING_PART.has(state);

/** In the order in which reasons are told. */
const REFUSALS: readonly (readonly [Refusal, (candidate: Candidate, event: Addressed) => boolean])[] = [
  ['unknown-type', (_, { type }) => !type],
  ['other-tenant', ({ subscription }, { type, tenants }) => type?.audience === 'addressed' && !tenants.includes(subscription.tenant)],
  ['other-type', (candidate, event) => !isCovered(candidate, event) && !isStar(candidate)],
  ['needs-approval', (candidate, event) => !isCovered(candidate, event) && isStar(candidate)],
  ['tenant-suspended', ({ isTenantSuspended }) => isTenantSuspended],
  ['inactive', (candidate) => !isActive(candidate) && !candidate.subscription.awaitsApproval],
  ['filtered-out', ({ filter }, { event }) => filter !== null && !filter(event)],
  ['awaits-approval', (candidate) => !isActive(candidate) && candidate.subscription.awaitsApproval],
];

/**
 * Whether a subscription may have an event now: null = yes, else the first reason why not. Nothing else decides it: matching, retries, replays, their dry runs,
 * simulation and reading ask here.
 */
export function mayHave(candidate: Candidate, event: Addressed): Refusal | null {
  for (const [refusal, holds] of REFUSALS) if (holds(candidate, event)) return refusal;
  return null;
}

/** Every reason why it may not. */
export const refusals = (candidate: Candidate, event: Addressed): Refusal[] => REFUSALS.filter(([, holds]) => holds(candidate, event)).map(([refusal]) => refusal);

/** Whether it gets, or is parked for, any event at all. */
export const takesPart = (candidate: Omit<Candidate, 'filter'>): boolean => !candidate.isTenantSuspended && (isActive(candidate) || candidate.subscription.awaitsApproval);
