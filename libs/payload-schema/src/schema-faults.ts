import type { FaultDetail } from '@nuncio/contracts';
import { ajvFaults } from './ajv-faults.js';
import { ajvFor, dialectNames, type Schema } from './dialect.js';

/** The limit for a schema's JSON text. A schema is tried on every event of its type: up to this size it is fast enough. */
const MAX_CHARACTERS = 65_536;

/**
 * What is wrong with the JSON Schema of a payload, before it is taken; `pointer` is where it stands in what was sent. It must be of a known dialect, be
 * complete in itself (a `$ref` leads nowhere but into the document), and have patterns that can be matched in linear time.
 */
export function schemaFaults(schema: Schema, pointer: string): FaultDetail[] {
  const fault = (code: string, detail: string): FaultDetail[] => [{ pointer, code, detail }];
  try {
    const text = JSON.stringify(schema);
    if (text.length > MAX_CHARACTERS) return fault('too-large', `must be at most ${MAX_CHARACTERS} characters of JSON`);
    // Ajv would make a check of it that answers later, which nobody waits for.
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

/** Nothing but the document itself can be referred to. */
export const ALONE = { meta: false, validateSchema: false } as const;
