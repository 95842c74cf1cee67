import type { PipeTransform } from '@nestjs/common';
import { faultDetails, Fault, type FaultDetail } from '@nuncio/contracts';
import { distance } from 'fastest-levenshtein';
import type { z } from 'zod';

/** A suggestion ("did you mean") is made this often in one answer, among names up to this length: it costs a comparison with every field's name. */
const SUGGESTED = 20;
const LONGEST_NAME = 64;

/** A pipe: `@Body(valid(CreateCallback))`. Throws Fault `invalid` that names every fault by JSON pointer, unknown fields with the one that was probably meant. */
export const valid = <S extends z.ZodType>(schema: S): PipeTransform<unknown, z.output<S>> & { readonly schema: S } => ({
  schema,
  transform: (value) => {
    // No body at all is an empty one: what is required is then named field by field.
    const result = schema.safeParse(value ?? {});
    if (result.success) return result.data;
    const known = namesOf(schema);
    const errors = faultDetails(result.error).map((error, n) => (n < SUGGESTED ? withSuggestion(error, known) : error));
    throw new Fault('invalid', errors.length === 1 ? 'One field is invalid.' : `${errors.length} fields are invalid.`, { errors });
  },
});

/** A pipe for a part of the path: `@Param('move', pathPart(Move))`. What does not fit is not there. */
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

/** Every field name anywhere in a schema, read from its JSON Schema; empty where it has none. */
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
