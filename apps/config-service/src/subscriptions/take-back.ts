import { reaches, streamOf, SubscriptionState } from '@nuncio/contracts';
import { z } from 'zod';
import type { Transaction } from '../event-store/index.js';
import { eventType } from '../event-types/event-type.js';
import { subscription, takeBack } from './subscription.js';

/** Subscriptions that are to be verified and approved anew; what comes for those that were active is parked until then. */
export const TakenBack = z
  .array(z.object({ subscription: z.string(), from: SubscriptionState.describe('Its state before'), to: SubscriptionState.describe('Its state now') }))
  .describe('Subscriptions that are to be verified and approved anew, since their receiver is another now');
export type TakenBack = z.infer<typeof TakenBack>;

/** What these callbacks call is another receiver now: no approval was given for it. Answers what is within the caller's reach. */
export async function takeBackApprovals(tx: Transaction, callbacks: readonly string[], reason: string): Promise<TakenBack> {
  const approvable = await tx.withFields(eventType, { approval: 'required' });
  const streams = [callbacks.map((id) => streamOf('callback', id)), approvable.map(({ id }) => streamOf('event-type', id))];
  const taken: TakenBack = [];
  for (const before of await tx.dependentsOfAny(subscription, streams, { state: 'draft' })) {
    const after = await tx.append(subscription, before, takeBack(before.state, reason));
    if (reaches(tx.caller, { tenant: before.state.tenant, groups: before.groups })) taken.push({ subscription: before.id, from: before.state.state, to: after.state.state });
  }
  return taken;
}
