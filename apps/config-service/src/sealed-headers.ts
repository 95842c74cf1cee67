import { isFault, toPointer, type FaultDetail, type Sealed } from '@nuncio/contracts';
import { open, seal, Secret, type KeyRing, type SealContext } from '@nuncio/sealing';
import { isKept } from './presentation.js';

/** Seals a secret for one field of an aggregate, such as `headers.X-Gate`. Returns `stored` if that holds the same text, so that nothing changes. */
export type SealField = (field: string, text: string, stored?: Sealed | null) => Sealed;

export const sealOver =
  (ring: KeyRing, of: Omit<SealContext, 'field'>): SealField =>
  (field, text, stored = null) =>
    stored !== null && isSealedIn(ring, stored, { ...of, field }, text) ? stored : seal(ring, new Secret(text), { ...of, field });

/** A stored value that can no longer be opened counts as another text. */
function isSealedIn(ring: KeyRing, stored: Sealed, context: SealContext, text: string): boolean {
  try {
    return open(ring, stored, context).reveal() === text;
  } catch (error) {
    if (isFault(error, 'corrupt')) return false;
    throw error;
  }
}

/** Header values by name. null removes one; a blank value keeps the stored one. */
type GivenSecretHeaders = Readonly<Record<string, string | null>> | null | undefined;

/**
 * Sealed headers after an edit (JSON merge patch, RFC 7396): headers that are not named stay; null removes one, or all. A blank value for a header
 * that is not stored is left out.
 */
export function mergeSealedHeaders(stored: Readonly<Record<string, Sealed>>, given: GivenSecretHeaders, field: string, seal: SealField): Record<string, Sealed> {
  if (given === null) return {};
  const merged = { ...stored };
  for (const [name, value] of Object.entries(given ?? {}))
    if (value === null) Reflect.deleteProperty(merged, name);
    else if (!isKept(value)) merged[name] = seal(`${field}.${name}`, value, stored[name]);
  return merged;
}

/** The headers after an edit, by name: the given value, or null for a stored one. */
export function headersAfter(stored: Readonly<Record<string, Sealed>>, given: GivenSecretHeaders): Record<string, string | null> {
  if (given === null) return {};
  const after = new Map<string, string | null>(Object.keys(stored).map((name) => [name, null]));
  for (const [name, value] of Object.entries(given ?? {}))
    if (value === null) after.delete(name);
    else after.set(name, value);
  return Object.fromEntries(after);
}

/** The fault for a secret that would be kept, but go to another server than it was given for. */
export const notGivenAgain = (...path: string[]): FaultDetail => ({ pointer: toPointer(path), code: 'required', detail: 'must be given again, since the address has changed' });

export function headersNotGivenAgain(stored: Readonly<Record<string, Sealed>>, given: GivenSecretHeaders, field: string): FaultDetail[] {
  if (given === null) return [];
  return Object.keys(stored).filter((name) => given?.[name] !== null && isKept(given?.[name])).map((name) => notGivenAgain(field, name));
}
