import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A path to an existing, readable file. */
export const file = z.string().superRefine((path, ctx) => {
  try {
    readFileSync(path);
  } catch (error) {
    ctx.addIssue({ code: 'custom', message: `"${path}" cannot be used: ${error instanceof Error ? error.message : String(error)}` });
  }
});
