import type { FaultDetail, FieldCode } from '@nuncio/contracts';
import { ajvFaults } from './ajv-faults.js';
import { ajvFor, dialectNames, type Schema } from './dialect.js';

/** The longest JSON text of a schema. A schema is applied to every event of its type, and up to this size that is fast enough. */
const MAX_CHARACTERS = 65_536;

/**
 * Faults of a payload's JSON Schema before it is saved. `pointer`: its place in the request. The schema must have a supported dialect, be complete in
 * itself (a `$ref` must stay within the document), and have patterns that can be matched in linear time.
 */
export function schemaFaults(schema: Schema, pointer: string): FaultDetail[] {
  const fault = (code: FieldCode, detail: string): FaultDetail[] => [{ pointer, code, detail }];
  try {
    const text = JSON.stringify(schema);
    if (text.length > MAX_CHARACTERS) return fault('too-large', `must be at most ${MAX_CHARACTERS} characters of JSON`);
    // Ajv would compile it to an asynchronous check, which nobody awaits.
    if ('$async' in schema) return [{ pointer: `${pointer}/$async`, code: 'unsupported', detail: 'is not supported' }];
    const ajv = ajvFor(schema, { allErrors: true });
    if (!ajv) return [{ pointer: `${pointer}/$schema`, code: 'unknown-dialect', detail: `must be one of ${dialectNames.join(', ')}` }];
    if (ajv.validateSchema(schema) !== true) return ajvFaults(ajv.errors, pointer);
    ajvFor(schema, ALONE)?.compile(schema);
    return [];
  } catch (error) {
    if (error instanceof RangeError) return fault('too-deep', 'is nested too deeply');
    return fault('unusable', `cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A `$ref` can refer only to the document itself. */
export const ALONE = { meta: false, validateSchema: false } as const;
