import { z } from 'zod';
import { scheme } from './scheme.js';

export const none = scheme({ name: 'none', settings: z.strictObject({}), sets: [] });
