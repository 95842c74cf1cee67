import { z } from 'zod';
import { scheme } from './scheme.js';

/** Nothing is signed. */
export const none = scheme({ name: 'none', settings: z.strictObject({}), sets: [] });
