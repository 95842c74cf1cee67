import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { check, Fault, invalidFields, type FaultDetail } from '@nuncio/contracts';
import { distance } from 'fastest-levenshtein';
import type { z } from 'zod';

/** The most suggestions ("did you mean") in one answer, and the longest name that gets one: each costs a comparison with every field's name. */
const SUGGESTED = 20;
const LONGEST_NAME = 64;

/**
 * A pipe: `@Body(valid(CreateCallback))`. Throws Fault `invalid` with every fault by JSON pointer. For an unknown field it suggests the one
 * that was probably meant; for an unknown parameter of a query it lists all that exist.
 */
export const valid = <S extends z.ZodType>(schema: S): PipeTransform<unknown, z.output<S>> & { readonly schema: S } => ({
  schema,
  transform: (value, { type }: ArgumentMetadata) => {
    // No body counts as an empty one, so that required fields are named one by one.
    const { data, faults } = check(schema, value ?? {});
    if (!faults.length) return data as z.output<S>;
    throw invalidFields(faults.map((fault, n) => (fault.code === 'unknown-field' && n < SUGGESTED ? withSuggestion(fault, namesOf(schema), type === 'query') : fault)));
  },
});

/** A pipe for a part of the path: `@Param('move', pathPart(Move))`. A value that does not fit answers 404. */
export const pathPart = <S extends z.ZodType>(schema: S): PipeTransform<unknown, z.output<S>> & { readonly schema: S } => ({
  schema,
  transform: (value, { data: name = 'path' }: ArgumentMetadata) => {
    const { data, faults } = check(schema, value);
    if (faults.length) throw new Fault('not-found', `There is nothing here: ${name} ${faults[0]?.detail ?? ''}.`);
    return data as z.output<S>;
  },
});

/** The schema of a pipe that `valid` or `pathPart` made. */
export const schemaOf = (pipe: object): z.ZodType | undefined => ('schema' in pipe ? (pipe.schema as z.ZodType) : undefined);

function withSuggestion(fault: FaultDetail, { all, top }: Names, isQuery: boolean): FaultDetail {
  const given = fault.pointer.slice(fault.pointer.lastIndexOf('/') + 1);
  const detail = isQuery ? `there is no parameter "${given}" here` : fault.detail;
  if (given.length > LONGEST_NAME) return { ...fault, detail };
  const [nearest] = (isQuery ? top : all)
    .filter((name) => name !== given)
    .map((name) => ({ name, far: distance(name.toLowerCase(), given.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  if (nearest && nearest.far <= Math.min(given.length / 2, Math.max(2, given.length / 3))) return { ...fault, detail: `${detail}; did you mean "${nearest.name}"?` };
  return isQuery ? { ...fault, detail: `${detail}; there are: ${top.join(', ')}` } : { ...fault, detail };
}

/** The fields of a schema: anywhere in it, and of itself. */
interface Names {
  readonly all: readonly string[];
  readonly top: readonly string[];
}

const names = new WeakMap<z.ZodType, Names>();
export function namesOf(schema: z.ZodType): Names {
  const known = names.get(schema) ?? fieldNames(schema);
  names.set(schema, known);
  return known;
}

/** Read from its JSON Schema; empty where it has none. */
function fieldNames(schema: z.ZodType): Names {
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('properties' in node && typeof node.properties === 'object') for (const name of Object.keys(node.properties ?? {})) found.add(name);
    for (const child of Object.values(node)) visit(child);
  };
  const json = schema.toJSONSchema({ io: 'input', unrepresentable: 'any' });
  visit(json);
  const top = [json, ...(json.anyOf ?? [])].flatMap((one) => (typeof one === 'object' ? Object.keys(one.properties ?? {}) : []));
  return { all: [...found], top: [...new Set(top)].sort() };
}
