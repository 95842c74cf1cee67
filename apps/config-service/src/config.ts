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
  /** Signs the sessions of the portal: Ed25519 private keys, the signing one first; not set = there are none. */
  PORTAL_KEYS: KeyRingSetting.optional(),
}).refine(({ PORTAL_KEYS, PORTAL_PUBLIC_KEYS }) => !PORTAL_KEYS || isKnown(PORTAL_KEYS, PORTAL_PUBLIC_KEYS), {
  path: ['PORTAL_PUBLIC_KEYS'],
  error: 'must have the public half of the first key of PORTAL_KEYS: npm run keys -- public',
});
export type Config = z.output<typeof Config>;

/** Whether what its active key signs will be accepted. */
function isKnown({ active, keys }: KeyRing, known: PublicKeys | undefined): boolean {
  const seed = keys.get(active);
  const x = known?.get(active)?.export({ format: 'jwk' }).x;
  return seed !== undefined && x !== undefined && Buffer.from(x, 'base64url').toString('base64') === publicHalf(seed);
}

/** Injection token of the settings. */
export const CONFIG = Symbol('Config');
