import { isDeepStrictEqual } from 'node:util';
import type { Api, Json } from '../api.js';
import { isPassing, Refused } from '../refused.js';
import { REFERENCE, type BodySchema } from '../apply/body-schema.js';
import type { Existing, Installation } from '../apply/installation.js';
import { idInPath, isOfTenant, kinds, parameterOf, referenceTo, type Kind } from '../apply/kinds.js';
import type { Change } from '../apply/plan.js';
import { partsOf } from '../apply/pointer.js';
import type { Schemas } from '../apply/resource.js';
import type { Variables } from './variables.js';

const MASK = '<redacted>';

/** Fields that the defaults of others depend on. They are always written. */
const LEADING: Readonly<Partial<Record<Kind['name'], readonly string[]>>> = { callback: ['application', 'profile', 'authentication'], credential: ['tokenUrl', 'issuer', 'authMethod'] };
/** Fields that a PUT leaves unchanged if they are absent, so that no dry run shows them. */
const KEPT = ['groups'];
/** The states of a subscription that is to be active. */
const ACTIVE: ReadonlySet<unknown> = new Set(['activated', 'blocked']);

interface Exporting {
  readonly api: Api;
  readonly schemas: Schemas;
  readonly installation: Installation;
  readonly variables: Variables;
  /** Called for each reference that has only an id of this installation. */
  readonly onBareId: (text: string) => void;
}

/** A resource as a file has it: only the fields that a dry run of a minimal PUT would change. */
export async function exported(exporting: Exporting, kind: Kind, existing: Existing): Promise<Json> {
  const { api, schemas, variables } = exporting;
  const schema = schemas.get(kind);
  if (!schema) throw new Error(`no schema of ${kind.name}`);
  const leading = [...schema.required, kind.key, ...(isOfTenant(kind) ? ['tenant'] : []), ...(LEADING[kind.name] ?? [])];
  const least = pick(existing, leading);
  // Before anything is awaited, so that names are given in the order of the export.
  const secrets = secretsOf(schema, existing, (...path) => variables.referenceTo(...(isOfTenant(kind) ? [String(existing.tenant)] : []), String(existing[kind.key]), ...path));
  const isOff = existing.enabled === false && existing.disabledReason === null;
  const body = {
    ...least,
    ...(await different(api, kind, existing, least, schema)),
    ...Object.fromEntries(KEPT.flatMap((name) => (name in schema.fields && !isEmpty(existing[name]) ? [[name, existing[name]]] : []))),
    ...(isOff && { enabled: false }),
    ...secrets,
    ...(kind.name === 'subscription' && ACTIVE.has(existing.state) && { activate: true }),
  };
  const ordered = [...new Set([...leading, ...Object.keys(schema.fields)])].filter((name) => name in body && name in schema.fields);
  return { kind: kind.name, ...named(exporting, kind, existing, pick(body, ordered)) };
}

/** Whether the value means the same as its absence. */
const isEmpty = (value: unknown): boolean => value === null || value === undefined || (typeof value === 'object' && (Object.keys(value).length === 0 || isDeepStrictEqual(value, { type: 'none' })));

const pick = (from: Json, names: readonly string[]): Json => Object.fromEntries(names.flatMap((name) => (isEmpty(from[name]) ? [] : [[name, from[name]]])));

/** Writes everything if the installation refuses any change (a subscription that waits for an approval). */
async function different(api: Api, kind: Kind, existing: Existing, least: Json, schema: BodySchema): Promise<Json> {
  try {
    const path = { [parameterOf(kind)]: idInPath(kind, String(existing[kind.key])) };
    const { changes } = await api.call<{ changes: readonly Change[] }>(`PUT ${kind.one}`, { path, query: { dryRun: 'true' }, body: least });
    return restored(changes, existing, schema);
  } catch (error) {
    if (!(error instanceof Refused) || isPassing(error)) throw error;
    return pick(existing, Object.keys(schema.fields).filter((name) => !schema.hasSecret(name)));
  }
}

/** The body that would undo these changes. A field within a field is written as a whole. */
function restored(changes: readonly Change[], existing: Existing, schema: BodySchema): Json {
  const body: Record<string, unknown> = {};
  for (const { pointer, before } of changes) {
    const [name = '', inner] = partsOf(pointer);
    const inners = schema.innerFields(name);
    if (!(name in schema.fields) || isEmpty(before) || before === MASK || (inner !== undefined && inners.length && !inners.includes(inner))) continue;
    if (inner === undefined) body[name] = before;
    else body[name] = { ...(body[name] as Json | undefined), [inner]: (existing[name] as Json | undefined)?.[inner] };
  }
  return body;
}

/** References in place of sealed values: for the fields that the answer says exist, and for each that it masks. */
function secretsOf(schema: BodySchema, existing: Existing, reference: (...path: string[]) => string): Json {
  return Object.fromEntries(
    Object.keys(schema.fields).flatMap((name): [string, unknown][] => {
      const shown = existing[name];
      if (existing[`has${name.charAt(0).toUpperCase()}${name.slice(1)}`] === true) return [[name, reference(name)]];
      if (!schema.hasSecret(name) || typeof shown !== 'object' || shown === null) return [];
      const masked = Object.entries(shown).filter(([, value]) => value === MASK);
      if (masked.length) return [[name, Object.fromEntries(masked.map(([inner]) => [inner, reference(name, inner)]))]];
      const inners = schema.innerFields(name);
      // An object of which nothing is shown as it was given: a certificate and its key.
      return inners.length && !inners.some((inner) => inner in shown) ? [[name, Object.fromEntries(inners.map((inner) => [inner, reference(name, inner)]))]] : [];
    }),
  );
}

/** Replaces ids by external ids, where there are any. */
function named({ schemas, installation, onBareId }: Exporting, kind: Kind, existing: Existing, body: Json): Json {
  const copy = structuredClone(body) as Record<string, unknown>;
  for (const { path, text, value } of schemas.get(kind)?.places(copy, REFERENCE) ?? []) {
    const of = kinds.find(({ name }) => name === value);
    if (!of || !isOfTenant(of)) continue;
    const found = installation.byId(of, text);
    const holder = path.slice(0, -1).reduce<Record<string | number, unknown>>((at, step) => at[step] as Record<string | number, unknown>, copy);
    const last = path.at(-1) ?? '';
    if (found?.externalId) holder[last] = referenceTo(found.externalId);
    // Every tenant has a default application, and a callback that names none is in it.
    else if (of.name === 'application' && found?.name === 'default') Reflect.deleteProperty(copy, 'application');
    else onBareId(`${kind.name} ${existing.id} names ${of.name} ${text}, which has no externalId`);
  }
  return copy;
}
