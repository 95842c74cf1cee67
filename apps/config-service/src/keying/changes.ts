import { isDeepStrictEqual } from 'node:util';
import { aggregates, toPointer, type AggregateKind } from '@nuncio/contracts';
import { z } from 'zod';
import type { Resource } from '../event-store/index.js';
import { MASK } from '../presentation.js';

/** A field that differs. A change of a sealed field is reported, but neither value is shown. */
export const FieldChange = z.object({ pointer: z.string().describe('A JSON pointer (RFC 6901) to the field'), before: z.unknown().describe('The present value; absent = there is none'), after: z.unknown().describe('The new value; absent = there would be none') });
export type FieldChange = z.infer<typeof FieldChange>;

type Json = Readonly<Record<string, unknown>>;

/** Fields that every answer has, or that follow from others. */
const NOT_TOLD: ReadonlySet<string> = new Set(['id', 'version', 'createdAt', 'updatedAt', 'moves', 'ownSettings', 'signing.oldExpiresAt']);

/**
 * The differences between two answers for one resource, field by field, and in its sealed fields. `before` null = it did not
 * exist.
 */
export function changesBetween(before: { resource: Resource; shown: object } | null, after: { resource: Resource; shown: object }): FieldChange[] {
  const { kind } = after.resource;
  const sealed = differences(sealedIn(kind, before?.resource), sealedIn(kind, after.resource), []).map(({ pointer, before: old, after: now }) => ({
    pointer,
    before: old === null ? null : MASK,
    after: now === null ? null : MASK,
  }));
  const shown = differences((before?.shown ?? {}) as Json, after.shown as Json, []);
  const told = new Set(shown.map(({ pointer }) => pointer));
  return [...shown, ...sealed.filter(({ pointer }) => !told.has(pointer))];
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Ignores what every object inherits: a label may be called `constructor`. */
const own = (object: Json, name: string): unknown => (Object.hasOwn(object, name) ? (object[name] ?? null) : null);

function differences(before: Json, after: Json, path: string[]): FieldChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) => {
    const [was, is] = [own(before, name), own(after, name)];
    const at = [...path, name];
    if (NOT_TOLD.has(at.join('.')) || isDeepStrictEqual(was, is)) return [];
    const inner = isObject(is) && (isObject(was) || was === null);
    return inner && Object.keys(is).length ? differences(was ?? {}, is, at) : [{ pointer: toPointer(at), before: was, after: is }];
  });
}

/** The sealed texts of a resource by their place, in the API's names. */
function sealedIn(kind: AggregateKind, resource: Resource | undefined): Record<string, unknown> {
  const state = resource && (aggregates[kind].parse(resource.state) as Json);
  if (!state) return {};
  const { signing, ...rest } = state as { signing?: { secrets: { secret: string }[] } };
  const newest = signing?.secrets[0]?.secret;
  return { ...onlySealed(rest), ...(newest === undefined ? {} : { signing: { secret: newest } }) };
}

function onlySealed(value: Json): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
      const within = isObject(inner) ? onlySealed(inner) : {};
      if (Object.keys(within).length) return [[name, within]];
      return typeof inner === 'string' && inner.startsWith('s1.') ? [[name, inner]] : [];
    }),
  );
}
