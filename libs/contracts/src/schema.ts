import { z } from 'zod';
import type { FaultDetail } from './fault.js';
import type { FieldCode } from './field-code.js';
import { OF_ANOTHER_KIND, words } from './words.js';

type Issue = z.core.$ZodIssue;

/** A JSON pointer (RFC 6901). */
export const toPointer = (path: readonly PropertyKey[]): string => path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** What stands at a path of a value; undefined = nothing. */
export const valueAt = (given: unknown, path: readonly PropertyKey[]): unknown => path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown> | null | undefined)?.[part], given);

/** The names in a JSON pointer, unescaped. */
export const fromPointer = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

/** The value as its schema makes it, or everything that is wrong with it, in words for whoever sent it. */
export type Checked<T> = { readonly data: T; readonly faults: readonly [] } | { readonly data: undefined; readonly faults: readonly FaultDetail[] };

export function check<S extends z.ZodType>(schema: S, value: unknown): Checked<z.output<S>> {
  const result = schema.safeParse(value, { error: words });
  return result.success ? { data: result.data, faults: [] } : { data: undefined, faults: faultsOf(result.error.issues, value) };
}

/** One entry for each fault; an unknown field is reported at its own pointer, a missing one as missing. */
const faultsOf = (issues: readonly Issue[], given: unknown): FaultDetail[] => issues.flatMap((issue) => told(issue, valueAt(given, issue.path)));

/** Our codes for zod's. */
const CODES = {
  invalid_type: 'invalid-type',
  invalid_format: 'invalid-format',
  invalid_value: 'invalid-value',
  invalid_union: 'invalid-union',
  invalid_element: 'invalid-element',
  invalid_key: 'invalid-key',
  unrecognized_keys: 'unknown-field',
  too_big: 'too-big',
  too_small: 'too-small',
  not_multiple_of: 'not-multiple-of',
  custom: 'invalid',
} as const satisfies Record<Issue['code'], FieldCode>;

function told(issue: Issue, value: unknown): FaultDetail[] {
  const pointer = toPointer(issue.path);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ pointer: toPointer([...issue.path, key]), code: 'unknown-field', detail: `there is no field "${key}" here` }));
  if (issue.code === 'custom') return [{ pointer, code: 'invalid', detail: issue.message }];
  if (issue.code === 'invalid_key') return [{ pointer, code: 'invalid-key', detail: issue.issues[0]?.message ?? issue.message }];
  if (issue.message === OF_ANOTHER_KIND && issue.code === 'invalid_union') return alternatives(issue.path, issue.errors, value);
  if (value === undefined) return [{ pointer, code: 'required', detail: missing(issue.message) }];
  return [{ pointer, code: CODES[issue.code], detail: issue.message }];
}

/** Of what may be several things: what is wrong with the one that was meant, else all that it may be. */
function alternatives(path: Issue['path'], errors: readonly (readonly Issue[])[], value: unknown): FaultDetail[] {
  const isMeant = (issues: readonly Issue[]): boolean => issues.some((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys');
  const meant = errors.find(isMeant) ?? errors.find((issues) => issues.every(({ code }) => code !== 'invalid_type'));
  const pointer = toPointer(path);
  if (meant) return faultsOf(meant, value).map((fault) => ({ ...fault, pointer: `${pointer}${fault.pointer}` }));
  const kinds = new Set(errors.flatMap((issues) => issues.map(({ message }) => message.replace(MUST_BE, ''))));
  const detail = `must be ${[...kinds].join(' or ')}`;
  return value === undefined ? [{ pointer, code: 'required', detail: missing(detail) }] : [{ pointer, code: 'invalid-type', detail }];
}

const MUST_BE = /^must be /;
/** `is missing (a number)` */
const missing = (words: string): string => `is missing (${words.replace(MUST_BE, '')})`;

/** Milliseconds since the Unix epoch, within JavaScript's range of dates. Services give each other times in this form. */
export const Millis = z.int().min(0).max(8_640_000_000_000_000);

/** The event store's global sequence number: the version of every view of configuration. */
export const Position = z.int().min(0);

/** A secret sealed by `libs/sealing`; opaque here. */
export const Sealed = z.string().startsWith('s1.');
export type Sealed = z.infer<typeof Sealed>;

/**
 * A secret that dispatchers open, in an aggregate whose other secrets the token-service opens. A schema of its own, so that its key ring can be
 * told.
 */
export const SealedForDispatchers = z.string().startsWith('s1.');
