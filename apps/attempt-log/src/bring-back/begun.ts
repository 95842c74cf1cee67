import { DeliveryStatus } from '../delivery-status.js';
import { Moment } from '@nuncio/service';
import { z } from 'zod';
import { namesOfDelivery, showNames } from '../query/deliveries/delivery.js';
import type { Begun } from './operations.js';

/** The answer to a request for a bulk operation: what it would do (dry run) or has begun to do. */
export const ShownBegun = z
  .object({
    count: z.int().describe('How many deliveries'),
    atLeast: z.literal(true).optional().describe('There are so many at least: to count on would have taken too long'),
    operation: z.string().optional().describe('Id of the operation; absent in a dry run'),
    seconds: z.number().optional().describe('Of a dry run: how long all of it takes at its rate'),
    perSecond: z.number().optional().describe('Of a dry run: deliveries a second'),
    byCallback: z.array(z.object({ callback: z.string(), count: z.int(), seconds: z.number().describe('How long these take') })).optional().describe('Of a dry run: how many go to each callback, and how long these take of it'),
    sample: z.array(z.object({ ...namesOfDelivery, status: DeliveryStatus.nullable().describe('Where it stands; null = there is no delivery so far'), attemptCount: z.int().describe('How many attempts were made'), createdAt: Moment.describe('When its event was published') })).optional().describe('Of a dry run: the ten oldest'),
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
