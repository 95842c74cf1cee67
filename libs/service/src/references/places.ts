import { externalIdIn, REFERENCE, type KeyedKind } from '@nuncio/contracts';
import type { z } from 'zod';

/** The parts of a JSON Schema that are used here. */
interface Node {
  readonly [REFERENCE]?: KeyedKind;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly allOf?: readonly Node[];
  /** A reference to a named schema: `#/$defs/<name>`. */
  readonly $ref?: string;
}
interface Root extends Node {
  readonly $defs?: Readonly<Record<string, Node>>;
}

/** A place in a request that has an external id instead of an id. */
export interface Place {
  readonly kind: KeyedKind;
  readonly externalId: string;
  /** Names of fields, and indexes in lists. */
  readonly path: readonly string[];
  readonly put: (id: string) => void;
}

/** Finds the external ids in a value, in the fields that the schema marks as ids (`reference`). */
type FindPlaces = (value: unknown) => Place[];

const known = new WeakMap<z.ZodType, FindPlaces>();

/** Made once for each schema, since every request of a route has the same. */
export function placesOf(schema: z.ZodType): FindPlaces {
  const find = known.get(schema) ?? findIn(schema.toJSONSchema({ io: 'input', unrepresentable: 'any', reused: 'inline' }) as Root);
  known.set(schema, find);
  return find;
}

const findIn = (root: Root): FindPlaces => (JSON.stringify(root).includes(`"${REFERENCE}"`) ? (value) => first(MOST_PLACES + 1, placesIn(root, root, { '': value }, '', [])) : () => []);

function first<T>(most: number, all: Iterable<T>): T[] {
  const found: T[] = [];
  for (const one of all) if (found.push(one) >= most) break;
  return found;
}

const DEFS = '#/$defs/';

/** More than any call's filters and lists can have. A request with more is refused before anything else is checked. */
export const MOST_PLACES = 1_000;

type Holder = Record<string, unknown>;

function* placesIn(root: Root, node: Node, holder: Holder, name: string, path: readonly string[]): Generator<Place> {
  const named = node.$ref === undefined ? undefined : root.$defs?.[node.$ref.slice(DEFS.length)];
  if (named) yield* placesIn(root, named, holder, name, path);
  const value = holder[name];
  const kind = node[REFERENCE];
  const externalId = externalIdIn(value);
  if (kind && externalId !== null) yield { kind, externalId, path, put: (id) => void (holder[name] = id) };
  for (const either of [node.anyOf, node.oneOf, node.allOf]) for (const one of either ?? []) yield* placesIn(root, one, holder, name, path);
  // A single value may be given for a list.
  if (node.items && typeof value === 'string') yield* placesIn(root, node.items, holder, name, path);
  if (typeof value !== 'object' || value === null) return;
  if (node.items && Array.isArray(value)) for (const i of value.keys()) yield* placesIn(root, node.items, value as unknown as Holder, String(i), [...path, String(i)]);
  for (const [field, inner] of Object.entries(node.properties ?? {})) if (Object.hasOwn(value, field)) yield* placesIn(root, inner, value as Holder, field, [...path, field]);
}
