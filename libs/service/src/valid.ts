import type { PipeTransform } from '@nestjs/common';
import { faultDetails, Fault, type FaultDetail } from '@nuncio/contracts';
import { distance } from 'fastest-levenshtein';
import type { z } from 'zod';

/** The most suggestions ("did you mean") in one answer, and the longest name that gets one: each costs a comparison with every field's name. */
const SUGGESTED = 20;
const LONGEST_NAME = 64;

/**
 * A pipe: `@Body(valid(CreateCallback))`. Throws Fault `invalid` with every fault by JSON pointer; for an unknown field it suggests the one that was
 * probably meant.
 */
export const valid = <S extends z.ZodType>(schema: S): PipeTransform<unknown, z.output<S>> & { readonly schema: S } => ({
  schema,
  transform: (value) => {
    // No body counts as an empty one, so that required fields are named one by one.
    const result = schema.safeParse(value ?? {});
    if (result.success) return result.data;
    const known = namesOf(schema);
    const errors = faultDetails(result.error).map((error, n) => (n < SUGGESTED ? withSuggestion(error, known) : error));
    throw new Fault('invalid', errors.length === 1 ? 'One field is invalid.' : `${errors.length} fields are invalid.`, { errors });
  },
});

/** A pipe for a part of the path: `@Param('move', pathPart(Move))`. A value that does not fit answers 404. */
export const pathPart = <S extends z.ZodType>(schema: S): PipeTransform<unknown, z.output<S>> & { readonly schema: S } => ({
  schema,
  transform: (value) => {
    const result = schema.safeParse(value);
    if (!result.success) throw new Fault('not-found', 'There is nothing here.');
    return result.data;
  },
});

/** The schema of a pipe that `valid` or `pathPart` made. */
export const schemaOf = (pipe: object): z.ZodType | undefined => ('schema' in pipe ? (pipe.schema as z.ZodType) : undefined);

function withSuggestion(error: FaultDetail, known: readonly string[]): FaultDetail {
  const given = error.pointer.slice(error.pointer.lastIndexOf('/') + 1);
  if (error.code !== 'unknown-field' || given.length > LONGEST_NAME) return error;
  const [nearest] = known
    .filter((name) => name !== given)
    .map((name) => ({ name, far: distance(name.toLowerCase(), given.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  return nearest && nearest.far <= Math.max(2, given.length / 3) ? { ...error, detail: `${error.detail}; did you mean "${nearest.name}"?` } : error;
}

const names = new WeakMap<z.ZodType, string[]>();
function namesOf(schema: z.ZodType): string[] {
  const known = names.get(schema) ?? fieldNames(schema);
  names.set(schema, known);
  return known;
}

/** Every field name anywhere in a schema; empty if it has no JSON Schema. */
function fieldNames(schema: z.ZodType): string[] {
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('properties' in node && typeof node.properties === 'object') for (const name of Object.keys(node.properties ?? {})) found.add(name);
    for (const child of Object.values(node)) visit(child);
  };
  visit(schema.toJSONSchema({ io: 'input', unrepresentable: 'any' }));
  return [...found];
}
