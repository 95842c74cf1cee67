import { reaches, streamOf, SubscriptionState } from '@nuncio/contracts';
import { z } from 'zod';
import type { Transaction } from '../event-store/index.js';
import { eventType } from '../event-types/event-type.js';
import type { TakenBackReason } from './reason.js';
import { subscription, takeBack } from './subscription.js';

/** Subscriptions that must be verified and approved again. Events for those that were active are parked until then. */
export const TakenBack = z
  .array(z.object({ subscription: z.string(), from: SubscriptionState.describe('The state before'), to: SubscriptionState.describe('The present state') }))
  .describe('Subscriptions that must be verified and approved again, since their receiver has changed');
export type TakenBack = z.infer<typeof TakenBack>;

/**
 * Takes back the approvals of all subscriptions of these callbacks, whose receiver has changed. Returns those that the caller may
 * see.
 */
export async function takeBackApprovals(tx: Transaction, callbacks: readonly string[], reason: TakenBackReason): Promise<TakenBack> {
  const approvable = await tx.withFields(eventType, { approval: 'required' });
  const streams = [callbacks.map((id) => streamOf('callback', id)), approvable.map(({ id }) => streamOf('event-type', id))];
  const taken: TakenBack = [];
  for (const before of await tx.dependentsOfAny(subscription, streams, { state: 'draft' })) {
    const after = await tx.append(subscription, before, takeBack(before.state, reason));
    if (reaches(tx.caller, { tenant: before.state.tenant, groups: before.groups })) taken.push({ subscription: before.id, from: before.state.state, to: after.state.state });
  }
  return taken;
}
