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

/** Fields on which the defaults of others depend: they are always written. */
const LEADING: Readonly<Partial<Record<Kind['name'], readonly string[]>>> = { callback: ['application', 'profile', 'authentication'], credential: ['tokenUrl', 'issuer', 'authMethod'] };
/** Fields that a PUT without them leaves unchanged: no dry run shows them. */
const KEPT = ['groups'];
/** What a wish to be active has come to. */
const ACTIVE: ReadonlySet<unknown> = new Set(['activated', 'blocked']);

export interface Exporting {
  readonly api: Api;
  readonly schemas: Schemas;
  readonly installation: Installation;
  readonly variables: Variables;
  /** Told of each thing that can only be named by an id of this installation. */
  readonly onBareId: (text: string) => void;
}

/** A resource as a file has it: what a dry run says that a PUT of the least would change, and nothing else. */
export async function exported(exporting: Exporting, kind: Kind, existing: Existing): Promise<Json> {
  const { api, schemas, variables } = exporting;
  const schema = schemas.get(kind);
  if (!schema) throw new Error(`no schema of ${kind.name}`);
  const leading = [...schema.required, kind.key, ...(isOfTenant(kind) ? ['tenant'] : []), ...(LEADING[kind.name] ?? [])];
  const least = pick(existing, leading);
  // Before anything is waited for: in the order in which resources are exported.
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

/** Says no more than its absence. */
const isEmpty = (value: unknown): boolean => value === null || value === undefined || (typeof value === 'object' && (Object.keys(value).length === 0 || isDeepStrictEqual(value, { type: 'none' })));

const pick = (from: Json, names: readonly string[]): Json => Object.fromEntries(names.flatMap((name) => (isEmpty(from[name]) ? [] : [[name, from[name]]])));

/** If the installation refuses every change (a subscription that waits for an approval), everything is written. */
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

/** The body with which these changes disappear. A field inside a field is written whole. */
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

/** References in the place of what is sealed: of the fields that an answer says to be there, and of each that it shows masked. */
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

/** With external ids in the place of ids, wherever there are some. */
function named({ schemas, installation, onBareId }: Exporting, kind: Kind, existing: Existing, body: Json): Json {
  const copy = structuredClone(body) as Record<string, unknown>;
  for (const { path, text, value } of schemas.get(kind)?.places(copy, REFERENCE) ?? []) {
    const of = kinds.find(({ name }) => name === value);
    if (!of || !isOfTenant(of)) continue;
    const found = installation.byId(of, text);
    const holder = path.slice(0, -1).reduce<Record<string | number, unknown>>((at, step) => at[step] as Record<string | number, unknown>, copy);
    const last = path.at(-1) ?? '';
    if (found?.externalId) holder[last] = referenceTo(found.externalId);
    // Every tenant has it, and who names none is in it.
    else if (of.name === 'application' && found?.name === 'default') Reflect.deleteProperty(copy, 'application');
    else onBareId(`${kind.name} ${existing.id} names ${of.name} ${text}, which has no externalId`);
  }
  return copy;
}
