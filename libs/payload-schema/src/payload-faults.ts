import type { FaultDetail, FilteredEvent } from '@nuncio/contracts';
import { ajvFaults } from './ajv-faults.js';
import { ajvFor, type Schema } from './dialect.js';
import { ALONE } from './schema-faults.js';

/** Characters of the schema times bytes of the payload. Above this only the first fault is reported, since there may be very many. */
const ALL_UP_TO = 2 ** 24;

type Validate = (payload: unknown) => FaultDetail[];

interface Check {
  /** Stops at the first fault, so it takes no longer than for a valid payload. */
  readonly first: Validate;
  /** Compiled when it is first needed. */
  readonly all: () => Validate;
  readonly size: number;
}

/** By schema object, so that each is compiled once, and forgotten with its schema. */
const checks = new WeakMap<Schema, Check | null>();

/** Called once for a schema that cannot be used. It cannot be saved today, but older ones exist. */
type Unusable = (detail: string) => void;

/**
 * The faults of an event's payload, judged by its type's schema. Pointers are into the event in CloudEvents' JSON format: `/data/total`. If the
 * schema cannot be used, every payload is valid. Never throws.
 */
export function payloadFaults(schema: Schema | null, event: FilteredEvent, unusable?: Unusable): FaultDetail[] {
  const first = firstFaults(schema, event, unusable);
  // A valid payload is not checked again, and one without a schema is never parsed.
  const check = schema && first.length ? checks.get(schema) : null;
  if (!check || check.size * event.payloadBytes > ALL_UP_TO) return first;
  const payload = event.value([]);
  return payload === undefined ? first : check.all()(payload);
}

/** Only the first fault, if that is enough. */
export const payloadFault = (schema: Schema | null, event: FilteredEvent, unusable?: Unusable): FaultDetail | undefined => firstFaults(schema, event, unusable)[0];

function firstFaults(schema: Schema | null, event: FilteredEvent, unusable?: Unusable): FaultDetail[] {
  if (!schema) return [];
  let check = checks.get(schema);
  if (check === undefined) checks.set(schema, (check = toCheck(schema, unusable)));
  if (!check) return [];
  const payload = event.value([]);
  if (payload === undefined) return [{ pointer: '/data', code: 'not-json', detail: 'must be JSON, since its event type has a schema' }];
  return check.first(payload);
}

function toCheck(schema: Schema, unusable: Unusable = () => undefined): Check | null {
  try {
    const first = compiled(schema, false);
    let all: Validate | null = null;
    if (first) return { first, all: () => (all ??= compiled(schema, true) ?? first), size: JSON.stringify(schema).length };
    unusable('its dialect is not supported');
  } catch (error) {
    unusable(String(error));
  }
  return null;
}

function compiled(schema: Schema, allErrors: boolean): Validate | null {
  const validate = ajvFor(schema, { ...ALONE, allErrors })?.compile(schema);
  if (!validate) return null;
  return (payload) => {
    try {
      return validate(payload) ? [] : ajvFaults(validate.errors, '/data');
    } catch {
      // The stack limits the depth of a schema that refers to itself.
      return [{ pointer: '/data', code: 'too-deep', detail: 'is nested too deeply' }];
    }
  };
}
