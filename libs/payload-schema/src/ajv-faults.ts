import type { ErrorObject } from 'ajv';
import { toPointer, type FaultDetail } from '@nuncio/contracts';

/** Nobody mends more at once. */
const AT_MOST = 50;

/** The faults that Ajv found, once for each place and keyword, at `pointer` and below. Codes are the keywords: `required`, `additional-properties`. */
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
