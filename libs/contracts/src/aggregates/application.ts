import { z } from 'zod';
import { keyed } from '../keying.js';

export const Application = z.object({ id: z.string(), tenant: z.string(), name: z.string(), ...keyed });
export type Application = z.infer<typeof Application>;
