import { z } from 'zod';

/** The state of a delivery. `delivered`, `failed`, `canceled`, `skipped` and `expired` are final. */
export const DeliveryStatus = z.enum(['pending', 'delivered', 'failed', 'parked', 'held', 'canceled', 'skipped', 'expired']);
export type DeliveryStatus = z.infer<typeof DeliveryStatus>;
