import { check, Fault, toPointer, type FaultDetail, type Sealed, type SigningSecret } from '@nuncio/contracts';
import { Secret } from '@nuncio/sealing';
import { schemes, type Random, type Scheme } from '@nuncio/signing';
import type { z } from 'zod';
import { throwAny } from '../faults.js';
import type { SealField } from '../sealed-headers.js';
import type { CallbackState, Given, Settings } from './callback.js';
import type { RotateSecret } from './requests.js';

/** The fields of `signing` beside the scheme. null and absent mean the same here. */
interface GivenSigning {
  readonly secret?: string | null;
  readonly keyId?: string | null;
  readonly keyType?: string | null;
}

export interface SecretRules {
  readonly seal: SealField;
  readonly random?: Random;
}

export function schemeNamed(name: string): Scheme {
  const scheme = schemes.get(name);
  if (!scheme) throw new Fault('internal', `there is no signing scheme "${name}"`);
  return scheme;
}

/** The scheme's faults in the fields given for it. */
export function signingFaults(scheme: Scheme, given: GivenSigning, at: string[] = ['signing']): FaultDetail[] {
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== null));
  return check(scheme.settings, present).faults.map((fault) => ({
    ...fault,
    pointer: `${toPointer(at)}${fault.pointer}`,
    ...(fault.code === 'unknown-field' && { detail: `the scheme ${scheme.name} takes no ${fault.pointer.slice(1)}` }),
  }));
}

/** A secret that replaces all others, and its public half. `shown` is what the answer shows, once. */
export function newSecret(scheme: Scheme, settings: Settings, given: string | null | undefined, { seal, random }: SecretRules, stored?: Sealed): Pick<Given, 'publicKey'> & { secret: z.infer<typeof SigningSecret>; shown: Secret } {
  const takes = scheme.settings.shape;
  const known = Object.fromEntries(Object.entries(settings.signing ?? {}).filter(([name]) => name !== 'scheme' && name in takes));
  const shown = given ? new Secret(given) : scheme.generateSecret(known, random);
  const secret = { secret: seal('signing', shown.reveal(), stored), keyId: keyIdOf(scheme, settings), expiresAt: null };
  return { secret, publicKey: scheme.publicKey(shown), shown };
}

/** null = the signatures name no key, or name it by the callback's id. */
const keyIdOf = (scheme: Scheme, { signing }: Settings): string | null => ('keyId' in scheme.settings.shape ? (signing?.keyId ?? null) : null);

/** The secrets, with the key id of the newest as the settings have it. */
export const named = ([newest, ...older]: Given['secrets'], scheme: Scheme, settings: Settings): Given['secrets'] => (newest ? [{ ...newest, keyId: keyIdOf(scheme, settings) }, ...older] : []);

/**
 * Adds a new secret; the old one stays valid for a while. Throws Fault `conflict` if the scheme has no secrets, or two are live already; with `force`
 * the new one then replaces the newest.
 */
export function rotateSecret(state: CallbackState, request: RotateSecret, now: number, rules: SecretRules): { fields: Partial<Given>; shown: Secret; oldExpiresAt: number | null } {
  const scheme = schemeNamed(state.signing.scheme);
  if (!scheme.usesSecrets) throw new Fault('conflict', `the scheme ${scheme.name} has no secret to rotate`);
  const live = state.secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
  if (live.length > 1 && !request.force) throw new Fault('conflict', 'two secrets are valid already; "force": true replaces the newest, and the receiver keeps the older one');
  throwAny(signingFaults(scheme, { secret: request.secret, keyId: request.keyId }, []));

  const settings = request.keyId === undefined ? state.settings : { ...state.settings, signing: { ...state.settings.signing, keyId: request.keyId } };
  const { secret, publicKey, shown } = newSecret(scheme, settings, request.secret, rules);
  // If two are live, the answer with the newest was lost, and the receiver has the older one.
  const known = live.at(-1);
  const oldExpiresAt = now + request.expiresInSeconds * 1_000;
  const old = known && request.expiresInSeconds > 0 ? [{ ...known, expiresAt: oldExpiresAt }] : [];
  return { fields: { settings, secrets: [secret, ...old], publicKey }, shown, oldExpiresAt: old.length ? oldExpiresAt : null };
}
