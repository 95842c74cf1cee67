import { DatabaseUrl } from '@nuncio/database';
import { EgressAllowSetting } from '@nuncio/egress';
import { KeyRingSetting, Secret, type KeyRing } from '@nuncio/sealing';
import { ApiEnv, publicHalf, type PublicKeys } from '@nuncio/service';
import { z } from 'zod';

export const Config = ApiEnv.safeExtend({
  DATABASE_URL: DatabaseUrl,
  /** Seals signing secrets and callbacks' secret headers. */
  SIGNING_KEYS: KeyRingSetting,
  /** Seals client ids, client secrets and token headers. */
  CLIENT_KEYS: KeyRingSetting,
  /** If set, the service makes sure at start that this key exists with role admin, unless it was revoked. */
  ADMIN_API_KEY: z
    .string()
    .min(24)
    .transform((text) => new Secret(text))
    .optional(),
  EGRESS_ALLOW: EgressAllowSetting,
  /** The public origin; addresses in answers begin with it. If absent, addresses are paths. */
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be the public origin, https://host' })
    .transform((text) => new URL(text).origin)
    .optional(),
  /** Sign portal sessions: Ed25519 private keys, the active one first. If absent, there is no portal. */
  PORTAL_KEYS: KeyRingSetting.optional(),
}).refine(({ PORTAL_KEYS, PORTAL_PUBLIC_KEYS }) => !PORTAL_KEYS || isKnown(PORTAL_KEYS, PORTAL_PUBLIC_KEYS), {
  path: ['PORTAL_PUBLIC_KEYS'],
  error: 'must have the public half of the first key of PORTAL_KEYS; npm run keys -- public prints it',
});
export type Config = z.output<typeof Config>;

/** Whether services will accept what the active key signs. */
function isKnown({ active, keys }: KeyRing, known: PublicKeys | undefined): boolean {
  const seed = keys.get(active);
  const x = known?.get(active)?.export({ format: 'jwk' }).x;
  return seed !== undefined && x !== undefined && Buffer.from(x, 'base64url').toString('base64') === publicHalf(seed);
}

export const CONFIG = Symbol('Config');
