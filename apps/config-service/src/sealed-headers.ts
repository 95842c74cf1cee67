import { toPointer, type FaultDetail, type Sealed } from '@nuncio/contracts';
import { isKept } from './presentation.js';

/** Seals a secret for one field of one aggregate: `headers.X-Gate`. */
export type SealField = (field: string, text: string) => Sealed;

/** Header values by name; null, blank and the mask keep what is stored. */
export type GivenSecretHeaders = Readonly<Record<string, string | null>> | null | undefined;

/** Sealed headers after an edit: what is not named stays, null for the whole empties it. A name without a value that is not stored yet is left out. */
export function mergeSealedHeaders(stored: Readonly<Record<string, Sealed>>, given: GivenSecretHeaders, field: string, seal: SealField): Record<string, Sealed> {
  if (given === null) return {};
  const merged = { ...stored };
  for (const [name, value] of Object.entries(given ?? {})) if (!isKept(value)) merged[name] = seal(`${field}.${name}`, value);
  return merged;
}

/** Of a secret that is kept, and would go to another server than it was given for. */
export const notGivenAgain = (...path: string[]): FaultDetail => ({ pointer: toPointer(path), code: 'required', detail: 'must be given again, since the address has changed' });

export function headersNotGivenAgain(stored: Readonly<Record<string, Sealed>>, given: GivenSecretHeaders, field: string): FaultDetail[] {
  if (given === null) return [];
  return Object.keys(stored).filter((name) => isKept(given?.[name])).map((name) => notGivenAgain(field, name));
}
