import { z } from 'zod';
import { Role } from './roles.js';

/** `hash` = HMAC-SHA256 of the key under the installation's pepper, base64url; the key itself is shown once and stored nowhere. */
export const ApiKey = z.object({
  id: z.string(),
  name: z.string(),
  role: Role,
  tenant: z.string().nullable(),
  groups: z.array(z.string()),
  hash: z.string(),
});
export type ApiKey = z.infer<typeof ApiKey>;
