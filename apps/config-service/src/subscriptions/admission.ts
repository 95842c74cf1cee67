import { isDeepStrictEqual } from 'node:util';
import { covers, EVERYTHING, Fault, noEventType, streamOf, type EventType, type FaultDetail, type Subscription } from '@nuncio/contracts';
import { callback } from '../callbacks/callback.js';
import type { Resource, Resources, Transaction } from '../event-store/index.js';
import { eventType } from '../event-types/event-type.js';
import { throwAny } from '../faults.js';
import { isAdmitted, subscription, type Wanted } from './subscription.js';

/** Throws Fault `invalid` if the callback or an event type does not exist within the tenant. Names all that are missing. */
export async function refuseUnknown(tx: Transaction, tenant: string, { callback: id, eventTypes }: Pick<Wanted, 'callback' | 'eventTypes'>): Promise<void> {
  const to = await tx.find(callback, id);
  const faults: FaultDetail[] = to?.tenant === tenant ? [] : [{ pointer: '/callback', code: 'unknown', detail: `there is no callback "${id}"` }];
  const known = await typesOf(tx, eventTypes);
  for (const [i, name] of eventTypes.entries())
    if (name !== EVERYTHING && !known.has(name)) faults.push({ pointer: `/eventTypes/${i}`, code: 'unknown', detail: noEventType(name) });
  throwAny(faults);
}

/**
 * Another subscription with the same callback, filter and event types in any order. `id`: the subscription itself, which does not
 * count.
 */
export async function twinOf(tx: Transaction, { callback: to, eventTypes, filter }: Wanted, id?: string): Promise<Resource<Subscription> | undefined> {
  const alike = await tx.dependents(subscription, [streamOf('callback', to)], { eventTypes, filter });
  return alike.find((other) => other.id !== id && other.state.eventTypes.length === eventTypes.length && isDeepStrictEqual(other.state.filter, filter));
}

export const twinFault = ({ id, state }: Resource<Subscription>): Fault => new Fault('conflict', `the subscription ${id}, which is ${state.state}, has the same callback, event types and filter`, { existing: id });

/**
 * While a provider has suspended a subscription, no other subscription may cover its event types, whatever its callback. Throws
 * Fault `suspended`.
 */
export async function refuseSuspended(tx: Transaction, tenant: string, eventTypes: readonly string[]): Promise<void> {
  const suspended = await tx.subscriptionsIn(tenant, 'suspended');
  if (!suspended.length) return;
  const types = await typesOf(tx, [...eventTypes, ...suspended.flatMap(({ state }) => state.eventTypes)]);
  const [covered] = suspended.flatMap(({ state }) => inCommon(eventTypes, state.eventTypes, types));
  if (covered !== undefined) throw new Fault('suspended', `a subscription of the tenant ${tenant} that covers ${covered} is suspended: until a provider ends that, no other one for it can be created or activated`);
}

/** The event types, or `*`, that both cover. */
function inCommon(some: readonly string[], others: readonly string[], types: ReadonlyMap<string, EventType>): string[] {
  const named = [...types.values()].filter((type) => covers(some, type) && covers(others, type)).map(({ name }) => name);
  return some.includes(EVERYTHING) && others.includes(EVERYTHING) ? [EVERYTHING, ...named] : named;
}

/** An event type may require approval since the subscription was verified. Throws Fault `illegal-move`. */
export async function requireApproval(resources: Resources, { state }: Resource<Subscription>): Promise<void> {
  if (isAdmitted(state) || !(await needsApproval(resources, state.eventTypes))) return;
  const way = state.state === 'validated' ? 'verify it again, and submit it' : 'delete it, and make it again';
  throw new Fault('illegal-move', `activate is not possible in the state ${state.state} without an approval, which one of its event types requires: ${way}`);
}

/** Whether an event type requires approval. `*` covers none of those. */
export async function needsApproval(resources: Resources, names: readonly string[]): Promise<boolean> {
  return [...(await typesOf(resources, names)).values()].some(({ approval }) => approval === 'required');
}

/** Event types by name, as far as they exist. */
export async function typesOf(resources: Resources, names: readonly string[]): Promise<ReadonlyMap<string, EventType>> {
  const found = await resources.findAll(eventType, [...new Set(names)].filter((name) => name !== EVERYTHING && !name.includes('\0')));
  return new Map(found.map(({ id, state }) => [id, state]));
}
