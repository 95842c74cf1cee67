import { DatabaseUrl } from '@nuncio/database';
import { EgressAllowSetting } from '@nuncio/egress';
import { KeyRingSetting, Secret } from '@nuncio/sealing';
import { ApiEnv } from '@nuncio/service';
import { z } from 'zod';

export const Config = ApiEnv.safeExtend({
  DATABASE_URL: DatabaseUrl,
  /** Seals signing secrets and callbacks' secret headers. */
  SIGNING_KEYS: KeyRingSetting,
  /** Seals client ids, client secrets and token headers. */
  CLIENT_KEYS: KeyRingSetting,
  /** Given: it is made sure at start that this key has role admin. */
  ADMIN_API_KEY: z
    .string()
    .min(24)
    .transform((text) => new Secret(text))
    .optional(),
  EGRESS_ALLOW: EgressAllowSetting,
  /** The public origin, which addresses in answers begin with; without it they are paths on it. */
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be the public origin, https://host' })
    .transform((text) => new URL(text).origin)
    .optional(),
});
export type Config = z.output<typeof Config>;

/** Injection token of the settings. */
export const CONFIG = Symbol('Config');
