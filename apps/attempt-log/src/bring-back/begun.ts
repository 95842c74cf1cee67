import { DeliveryStatus } from '../delivery-status.js';
import { Moment } from '@nuncio/service';
import { z } from 'zod';
import { namesOfDelivery, showNames } from '../query/deliveries/delivery.js';
import type { Begun } from './operations.js';

/** What an operation would do, or does. */
export const ShownBegun = z
  .object({
    count: z.int(),
    /** There are so many at least: to count on would have taken too long. */
    atLeast: z.literal(true).optional(),
    /** Its id; absent in a dry run. */
    operation: z.string().optional(),
    /** Of a dry run: how long all of it takes at its rate. */
    seconds: z.number().optional(),
    perSecond: z.number().optional(),
    /** Of a dry run: how many go to each callback, and how long these take of it. */
    byCallback: z.array(z.object({ callback: z.string(), count: z.int(), seconds: z.number() })).optional(),
    /** Of a dry run: the ten oldest. `status` null = there is no delivery so far. */
    sample: z.array(z.object({ ...namesOfDelivery, status: DeliveryStatus.nullable(), attemptCount: z.int(), createdAt: Moment })).optional(),
  })
  .meta({ id: 'Begun' });

/** Whoever begins it in earnest has its operation to look at. */
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
