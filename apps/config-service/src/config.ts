import { DatabaseUrl } from '@nuncio/database';
import { EgressAllowSetting } from '@nuncio/egress';
import { KeyRingSetting, Secret } from '@nuncio/sealing';
import { ServiceEnv } from '@nuncio/service';
import { z } from 'zod';

const secret = (minimum: number) =>
  z
    .string()
    .min(minimum)
    .transform((text) => new Secret(text));

export const Config = ServiceEnv.extend({
  DATABASE_URL: DatabaseUrl,
  /** Seals signing secrets and callbacks' secret headers. */
  SIGNING_KEYS: KeyRingSetting,
  /** Seals client ids, client secrets and token headers. */
  CLIENT_KEYS: KeyRingSetting,
  API_KEY_PEPPER: secret(32),
  /** Given: it is made sure at start that this key has role admin. */
  ADMIN_API_KEY: secret(24).optional(),
  EGRESS_ALLOW: EgressAllowSetting,
});
export type Config = z.output<typeof Config>;

/** Injection token of the settings. */
export const CONFIG = Symbol('Config');
