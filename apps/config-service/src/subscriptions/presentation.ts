import { SampleResult, Subscription } from '@nuncio/contracts';
import type { z } from 'zod';
import type { Resource } from '../event-store/index.js';
import { answerOf, present } from '../presentation.js';

export const ShownSubscription = answerOf(Subscription.omit({ activatedAt: true }).shape).meta({ id: 'Subscription' });

export const Verification = SampleResult.pick({ ok: true, status: true, error: true, tokenError: true });
export type Verification = z.infer<typeof Verification>;

/** Where a sample was sent. */
export const Verified = ShownSubscription.extend({ verification: Verification.optional() });

export const showSubscription = (resource: Resource<Subscription>) => {
  const { tenant, callback, eventTypes, filter, state, reason, approved, awaitsApproval } = Subscription.parse(resource.state);
  return present(resource, { tenant, callback, eventTypes, filter, state, reason, approved, awaitsApproval });
};
