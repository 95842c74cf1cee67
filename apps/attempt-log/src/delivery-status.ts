import { z } from 'zod';

/** Where a delivery stands. `delivered`, `failed`, `canceled`, `skipped` and `expired` are terminal. */
export const DeliveryStatus = z.enum(['pending', 'delivered', 'failed', 'parked', 'held', 'canceled', 'skipped', 'expired']);
export type DeliveryStatus = z.infer<typeof DeliveryStatus>;
