import type { FaultDetail, FilteredEvent } from '@nuncio/contracts';
import { ajvFaults } from './ajv-faults.js';
import { ajvFor, type Schema } from './dialect.js';
import { ALONE } from './schema-faults.js';

/** Characters of the schema times bytes of the payload: so much may be wrong at once that what is larger is told its first fault alone. */
const ALL_UP_TO = 2 ** 24;

type Validate = (payload: unknown) => FaultDetail[];

interface Check {
  /** Stops at the first fault, and so takes no longer than what fits. */
  readonly first: Validate;
  /** Made when it is needed first. */
  readonly all: () => Validate;
  readonly size: number;
}

/** By the schema itself, so that a check is made once and goes when its schema goes. */
const checks = new WeakMap<Schema, Check | null>();

/** Told once of a schema that cannot be used; one that is saved today can, but there are older ones. */
type Unusable = (detail: string) => void;

/** How an event's payload does not fit the schema of its type. Pointers are into the event in CloudEvents' JSON format: `/data/total`. Whatever fits a schema that cannot be used. Never throws. */
export function payloadFaults(schema: Schema | null, event: FilteredEvent, unusable?: Unusable): FaultDetail[] {
  const first = firstFaults(schema, event, unusable);
  // A payload that fits, or has no schema, is not looked at again: without a schema nobody has parsed it.
  const check = schema && first.length ? checks.get(schema) : null;
  if (!check || check.size * event.payloadBytes > ALL_UP_TO) return first;
  const payload = event.value([]);
  return payload === undefined ? first : check.all()(payload);
}

/** The first of them alone, for whom that decides it. */
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
    unusable('its dialect is not known');
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
