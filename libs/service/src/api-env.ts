import { KeyRingSetting, Secret } from '@nuncio/sealing';
import { z } from 'zod';
import { ServiceEnv } from './load-config.js';
import { OidcEnv, requireWholeOidc } from './oidc/oidc-env.js';
import { publicKeysOf } from './portal/portal-session.js';

/** The settings of every service that answers `/v1`. An app extends it with `safeExtend`, which keeps the check. */
export const ApiEnv = ServiceEnv.extend({
  /** The key of the hashes under which API keys are stored. */
  API_KEY_PEPPER: z
    .string({ error: 'a text of at least 32 characters, which API keys are hashed with' })
    .min(32)
    .transform((text) => new Secret(text)),
  /** API requests a second that one caller may send to one process. */
  RATE_LIMIT_PER_SECOND: z.coerce.number().positive().default(1_000),
  /** The public halves of `PORTAL_KEYS`, by id; absent = no portal session is accepted. */
  PORTAL_PUBLIC_KEYS: KeyRingSetting.transform(publicKeysOf).optional(),
  ...OidcEnv.shape,
}).check(requireWholeOidc);
export type ApiEnv = z.output<typeof ApiEnv>;
