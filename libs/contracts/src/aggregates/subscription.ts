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
  eventTypes: z.array(z.string()).min(1).describe('Names of event types, or `["*"]` for all that require no approval').meta({ examples: [['invoice.paid']] }),
  filter: Filter.nullable().describe('null = every event of these types'),
  state: SubscriptionState.describe('Events are delivered while it is `activated`, and parked while it is `blocked`'),
  reason: z.string().nullable().describe('The reason for its state; null = none was given'),
  approved: z.boolean().describe('Whether a provider has approved it. A deactivation keeps the approval; an edit loses it'),
  awaitsApproval: z.boolean().default(false).meta({ description: 'It was active when its approval was taken back. Its events are parked until it is activated again' }),
  activatedAt: z.int().nullable().describe('The position of its last activation; deliveries parked before it are sent'),
  ...keyed,
});
export type Subscription = z.infer<typeof Subscription>;
