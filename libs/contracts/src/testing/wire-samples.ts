import { z } from 'zod';

export type Path = readonly PropertyKey[];
type Schema = z.core.$ZodType;
export interface Place {
  readonly path: Path;
  readonly is: 'object' | 'strict' | 'closed' | 'open' | 'other';
}
/** A value of a schema, and which kind of schema describes each place in it. */
interface Sample {
  readonly value: unknown;
  readonly places: readonly Place[];
}

/** Returns values that together use every alternative of every union. */
export function samplesOf(schema: Schema, path: Path = [], isOpen = false): Sample[] {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  const at = (is: Place['is']): Place[] => [{ path, is }];
  switch (def.type) {
    case 'object':
      return inObject(def, path);
    case 'union':
      return def.options.flatMap((option) => samplesOf(option, path));
    case 'array':
      return samplesOf(def.element, [...path, 0]).map(({ value, places }) => ({ value: [value], places }));
    case 'record':
      return samplesOf(def.valueType, [...path, 'some']).map(({ value, places }) => ({ value: { some: value }, places }));
    case 'nullable':
    case 'optional':
    case 'default':
      return samplesOf(def.innerType, path);
    case 'catch':
      return samplesOf(def.innerType, path, true);
    case 'pipe':
      return samplesOf(def.out, path);
    case 'enum':
      return [{ value: Object.values(def.entries)[0], places: at(isOpen ? 'open' : 'closed') }];
    case 'literal':
      return [{ value: def.values[0], places: at(typeof def.values[0] === 'string' ? 'closed' : 'other') }];
    case 'string':
      return [{ value: TEXTS.find((text) => z.safeParse(schema, text).success), places: at('other') }];
    case 'number':
      return [{ value: NUMBERS.find((number) => z.safeParse(schema, number).success), places: at('other') }];
    case 'boolean':
      return [{ value: true, places: at('other') }];
    case 'null':
    case 'unknown':
      return [{ value: null, places: [] }];
    default:
      throw new Error(`there is no sample of ${def.type}: add one to wire-samples.ts`);
  }
}

const TEXTS = ['a', 's1.a', '2xx', 'acme'];
const NUMBERS = [1, 200, 1_000];

/** Returns one object for each alternative of each field; all other fields have their first alternative. A filter may contain filters: there a single comparison is enough. */
function inObject(def: z.core.$ZodObjectDef, path: Path): Sample[] {
  const isStrict = def.catchall?._zod.def.type === 'never';
  const fields = isStrict ? [['exact', COMPARISON] as const] : Object.entries(def.shape).map(([name, field]) => [name, samplesOf(field, [...path, name])] as const);
  const own: Place = { path, is: isStrict ? 'strict' : 'object' };
  const most = Math.max(1, ...fields.map(([, samples]) => samples.length));
  return Array.from({ length: most }, (_, n) => {
    const chosen = fields.map(([name, samples]) => [name, samples[Math.min(n, samples.length - 1)] ?? NOTHING] as const);
    return { value: Object.fromEntries(chosen.map(([name, { value }]) => [name, value])), places: [own, ...chosen.flatMap(([, { places }]) => places)] };
  });
}
const COMPARISON: Sample[] = [{ value: { type: 'a' }, places: [] }];
const NOTHING: Sample = { value: null, places: [] };
