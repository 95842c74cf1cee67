import { z } from 'zod';
import { Filter } from '../filter/filter.js';
import { keyed } from '../keying.js';

export const SubscriptionState = z.enum([
  'draft',
  'validated',
  'ready-to-submit',
  'submitted',
  'approved',
  'rejected',
  'activated',
  'deactivated',
  'suspended',
  'blocked',
]);
export type SubscriptionState = z.infer<typeof SubscriptionState>;

/** Event types + filter + callback + a state. Events match activated (delivered) and blocked (parked) ones. */
export const Subscription = z.object({
  id: z.string(),
  tenant: z.string(),
  callback: z.string(),
  eventTypes: z.array(z.string()).min(1),
  /** null = every event of these types. */
  filter: Filter.nullable(),
  state: SubscriptionState,
  reason: z.string().nullable(),
  /** By a provider, which deactivation keeps and an edit loses. */
  approved: z.boolean(),
  awaitsApproval: z.boolean().default(false).meta({ description: 'It was active when its approval was taken back: what comes until it is activated again is parked' }),
  /** The position at which it was last activated: what was parked before that goes out. */
  activatedAt: z.int().nullable(),
  ...keyed,
});
export type Subscription = z.infer<typeof Subscription>;
