import type { FaultDetail, FilteredEvent } from '@nuncio/contracts';
import { ajvFaults } from './ajv-faults.js';
import { ajvFor, type Schema } from './dialect.js';
import { ALONE } from './schema-faults.js';

type Check = (payload: unknown) => FaultDetail[];

/** By the schema itself, so that a check is made once and goes when its schema goes. */
const checks = new WeakMap<Schema, Check>();

/** How an event's payload does not fit the schema of its type. Pointers are into the event in CloudEvents' JSON format: `/data/total`. Never throws. */
export function payloadFaults(schema: Schema | null, event: FilteredEvent): FaultDetail[] {
  if (!schema) return [];
  const payload = event.value([]);
  if (payload === undefined) return [{ pointer: '/data', code: 'not-json', detail: 'must be JSON, since its event type has a schema' }];
  let check = checks.get(schema);
  if (!check) checks.set(schema, (check = toCheck(schema)));
  return check(payload);
}

function toCheck(schema: Schema): Check {
  const unusable = (detail: string): FaultDetail[] => [{ pointer: '/data', code: 'unusable-schema', detail: `cannot be compared with the schema of its event type: ${detail}` }];
  try {
    const validate = ajvFor(schema, ALONE)?.compile(schema);
    if (!validate) return () => unusable('its dialect is not known');
    return (payload) => {
      try {
        return validate(payload) ? [] : ajvFaults(validate.errors, '/data');
      } catch {
        // Of a schema that refers to itself the stack sets the limit.
        return [{ pointer: '/data', code: 'too-deep', detail: 'is nested too deeply' }];
      }
    };
  } catch (error) {
    return () => unusable(String(error));
  }
}
