import { Subscription, type Principal } from '@nuncio/contracts';
import { z } from 'zod';
import type { Resource } from '../event-store/index.js';
import { keyedAnswerOf, presentKeyed } from '../presentation.js';
import { TestResult } from '../samples/samples.js';
import { codeOfReason, SubscriptionReason } from './reason.js';
import { moves, movesOf, type MoveName } from './moves.js';

export const ShownSubscription = keyedAnswerOf({
  ...Subscription.omit({ activatedAt: true }).shape,
  reasonCode: SubscriptionReason.nullable().describe('The stable code of `reason`; null = there is none, or it is in the words of a person'),
  moves: z.array(z.enum(Object.keys(moves) as MoveName[])).describe("The moves that its state and the caller's role allow now"),
}).meta({ id: 'Subscription' });

export const Verification = TestResult.pick({ ok: true, status: true, error: true, tokenError: true, advice: true, adviceCode: true });
export type Verification = z.infer<typeof Verification>;

/** `verification` is present if a sample was sent. */
export const Verified = ShownSubscription.extend({ verification: Verification.optional().describe('The result of the sample, if one was sent') }).meta({ id: 'VerifiedSubscription' });

export const showSubscription = (caller: Principal) => (resource: Resource<Subscription>) => {
  const { tenant, callback, eventTypes, filter, state, reason, approved, awaitsApproval } = Subscription.parse(resource.state);
  return presentKeyed(resource, { tenant, callback, eventTypes, filter, state, reason, reasonCode: codeOfReason(reason), approved, awaitsApproval, moves: movesOf(state, caller) });
};
