import { DeliveryStatus } from '../delivery-status.js';
import { Moment } from '@nuncio/service';
import { z } from 'zod';
import { namesOfDelivery, showNames } from '../query/deliveries/delivery.js';
import type { Begun } from './operations.js';

/** The answer to a request for a bulk operation: what it would do (dry run) or has begun to do. */
export const ShownBegun = z
  .object({
    count: z.int().describe('The number of deliveries'),
    atLeast: z.literal(true).optional().describe('There are at least `count`: counting further would have taken too long'),
    operation: z.string().optional().describe('Id of the operation; absent in a dry run'),
    seconds: z.number().optional().describe('Only in a dry run: how long the operation takes at its rate'),
    perSecond: z.number().optional().describe('Only in a dry run: deliveries a second'),
    byCallback: z.array(z.object({ callback: z.string(), count: z.int(), seconds: z.number().describe('How long these deliveries take') })).optional().describe('Only in a dry run: the number of deliveries to each callback, and how long they take'),
    sample: z.array(z.object({ ...namesOfDelivery, status: DeliveryStatus.nullable().describe('The present status; null = there is no delivery yet'), attemptCount: z.int().describe('The number of attempts so far'), createdAt: Moment.describe('When the event was published') })).optional().describe('Only in a dry run: the ten oldest deliveries'),
  })
  .meta({ id: 'Begun' });

/** A dry run shows a sample. An operation that has begun has its own page instead. */
export function showBegun({ count, atLeast, operation, perSecond, byCallback, sample }: Begun, dryRun: boolean) {
  const counted = { count, ...(atLeast && { atLeast: true as const }) };
  if (!dryRun) return { ...counted, operation, sample: undefined };
  const seconds = (of: number): number => Math.round((of / perSecond) * 10) / 10;
  return {
    ...counted,
    seconds: seconds(count),
    perSecond,
    byCallback: [...byCallback].map(([callback, of]) => ({ callback, count: of, seconds: seconds(of) })),
    sample: sample.map((one) => ({ ...showNames(one), status: one.status, attemptCount: one.attempts, createdAt: one.event_at })),
  };
}
