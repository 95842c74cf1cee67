import type { ErrorObject } from 'ajv';
import { toPointer, type FaultDetail, type KeywordCode } from '@nuncio/contracts';

/** More than anybody fixes at once. */
const AT_MOST = 50;
const VALUES_TOLD = 20;
/** Keywords that only say that one of several schemas had to fit: what is wrong is told beside them, at the same place or below. */
const UMBRELLAS: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf', 'if']);

/** Ajv's errors as faults at `pointer` and below, one for each place and keyword. Codes are the keywords: `required`, `additional-properties`. */
export function ajvFaults(errors: readonly ErrorObject[] | null | undefined, pointer: string): FaultDetail[] {
  const faults = new Map<string, FaultDetail>();
  const all = errors ?? [];
  for (const { instancePath, keyword, params, message = 'does not fit' } of all) {
    if (UMBRELLAS.has(keyword) && all.some((other) => !UMBRELLAS.has(other.keyword) && other.instancePath.startsWith(instancePath))) continue;
    const { missingProperty, additionalProperty = missingProperty } = params as { missingProperty?: string; additionalProperty?: string };
    const at = pointer + instancePath + (additionalProperty === undefined ? '' : toPointer([additionalProperty]));
    const code = keyword.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`) as KeywordCode;
    if (faults.size < AT_MOST) faults.set(`${at} ${code}`, { pointer: at, code, detail: wordsOf(keyword, params) ?? message });
  }
  return [...faults.values()];
}

/** In the place of Ajv's words, which do not say what may stand there. */
function wordsOf(keyword: string, params: Readonly<Record<string, unknown>>): string | undefined {
  const { allowedValues, allowedValue } = params as { allowedValues?: readonly unknown[]; allowedValue?: unknown };
  if (keyword === 'enum' && allowedValues) return `must be one of ${allowedValues.slice(0, VALUES_TOLD).map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(', ')}${allowedValues.length > VALUES_TOLD ? ', …' : ''}`;
  if (keyword === 'const') return `must be ${JSON.stringify(allowedValue)}`;
  if (keyword === 'required') return 'is missing';
  if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties') return 'has no place here';
  return undefined;
}
