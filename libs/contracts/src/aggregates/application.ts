import { z } from 'zod';

export const Application = z.object({ id: z.string(), tenant: z.string(), name: z.string() });
export type Application = z.infer<typeof Application>;
