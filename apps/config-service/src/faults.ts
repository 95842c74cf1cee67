import { Fault, type FaultDetail } from '@nuncio/contracts';

/** A Fault `invalid` that lists all errors. */
export const invalidAll = (errors: readonly FaultDetail[]): Fault =>
  new Fault('invalid', errors.length === 1 ? 'One field is invalid.' : `${errors.length} fields are invalid.`, { errors });

export const invalid = (pointer: string, code: string, detail: string): Fault => invalidAll([{ pointer, code, detail }]);

export function throwAny(errors: readonly FaultDetail[]): void {
  if (errors.length) throw invalidAll(errors);
}
