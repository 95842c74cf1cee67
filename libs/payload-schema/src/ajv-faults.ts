import type { ErrorObject } from 'ajv';
import { toPointer, type FaultDetail } from '@nuncio/contracts';

/** More than anybody fixes at once. */
const AT_MOST = 50;

/** Ajv's errors as faults at `pointer` and below, one for each place and keyword. Codes are the keywords: `required`, `additional-properties`. */
export function ajvFaults(errors: readonly ErrorObject[] | null | undefined, pointer: string): FaultDetail[] {
  const faults = new Map<string, FaultDetail>();
  for (const { instancePath, keyword, params, message = 'does not fit' } of errors ?? []) {
    const { missingProperty, additionalProperty = missingProperty } = params as { missingProperty?: string; additionalProperty?: string };
    const at = pointer + instancePath + (additionalProperty === undefined ? '' : toPointer([additionalProperty]));
    const code = keyword.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    if (faults.size < AT_MOST) faults.set(`${at} ${code}`, { pointer: at, code, detail: message });
  }
  return [...faults.values()];
}
