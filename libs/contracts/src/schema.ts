import { z } from 'zod';
import { Fault, type FaultDetail } from './fault.js';

/** A JSON pointer (RFC 6901). */
export const toPointer = (path: readonly PropertyKey[]): string => path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** The names in a JSON pointer, unescaped. */
export const fromPointer = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

/** One fault for each issue of zod. An unknown field is reported at its own pointer. */
export function faultDetails(error: z.ZodError): FaultDetail[] {
  return error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ pointer: toPointer([...issue.path, key]), code: 'unknown-field', detail: `there is no field "${key}" here` }))
      : [{ pointer: toPointer(issue.path), code: issue.code.replaceAll('_', '-'), detail: issue.message }],
  );
}

/** Parses, or throws Fault `invalid` that names every fault. `what` begins the sentence: "callback: 3 fields are invalid". */
export function parse<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = faultDetails(result.error);
  throw new Fault('invalid', `${what}: ${errors.map((e) => `${e.pointer || '/'} ${e.detail}`).join('; ')}`, { errors });
}

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
