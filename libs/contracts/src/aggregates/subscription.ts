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

/**
 * Event types, a filter, a callback and a state. Events are delivered while it is activated, and parked while it is
 * blocked.
 */
export const Subscription = z.object({
  id: z.string(),
  tenant: z.string(),
  callback: z.string(),
  eventTypes: z.array(z.string()).min(1).describe('Names of event types, or `["*"]`: all that require no approval').meta({ examples: [['invoice.paid']] }),
  filter: Filter.nullable().describe('null = every event of these types'),
  state: SubscriptionState.describe('Events come to `activated` ones, and are parked for `blocked` ones'),
  reason: z.string().nullable().describe('Why it is in its state; null = nobody said'),
  approved: z.boolean().describe('By a provider, which deactivation keeps and an edit loses'),
  awaitsApproval: z.boolean().default(false).meta({ description: 'It was active when its approval was taken back: what comes until it is activated again is parked' }),
  activatedAt: z.int().nullable().describe('The position at which it was last activated: what was parked before that goes out'),
  ...keyed,
});
export type Subscription = z.infer<typeof Subscription>;
