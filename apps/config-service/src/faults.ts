import { invalidFields, type Fault, type FaultDetail, type FieldCode } from '@nuncio/contracts';

export const invalid = (pointer: string, code: FieldCode, detail: string): Fault => invalidFields([{ pointer, code, detail }]);

export function throwAny(errors: readonly FaultDetail[]): void {
  if (errors.length) throw invalidFields(errors);
}

/** A kind in a sentence. */
export const nounOf = (kind: string): string => (kind === 'api-key' ? 'API key' : kind.replace('-', ' '));
