import type { Api } from '../api.js';
import { BodySchema, IS_SECRET, REFERENCE } from './body-schema.js';
import { faultAt, type Document, type Fault } from './documents.js';
import { tenantNamed, type Caller } from './installation.js';
import { externalIdIn, isOfTenant, kinds, type Kind } from './kinds.js';
import { hasReference } from './references.js';

/** A resource as a file describes it. */
export interface Resource extends Document {
  /** Identifies it among the resources of its kind and tenant. */
  readonly key: string;
  /** Id of its tenant. */
  readonly tenant: string | undefined;
  /** Such as `callback acme/ledger`. */
  readonly name: string;
  /** Whether the resource has a fault of its own; then it is not compared. */
  readonly isFaulty: boolean;
}

export const nameOf = (kind: Kind, tenant: string | undefined, key: string): string => `${kind.name} ${isOfTenant(kind) ? `${tenant ?? ''}/` : ''}${key}`;

export type Schemas = ReadonlyMap<Kind, BodySchema>;

export const schemasOf = (api: Api): Schemas => new Map(kinds.map((kind) => [kind, new BodySchema(api, kind)]));

/** The resources that the documents describe, and all faults of the documents themselves. */
export async function resourcesIn(api: Api, caller: Caller, schemas: Schemas, documents: readonly Document[]): Promise<{ resources: Resource[]; faults: Fault[] }> {
  const faults: Fault[] = [];
  const seen = new Map<string, Resource>();
  const tenantIds = await idsOfTenants(api, caller, documents);
  for (const document of documents) {
    const { kind, body } = document;
    const own = faultsOf(schemas, document);
    const key = body[kind.key];
    if (typeof key !== 'string' || !key) {
      // If the schema requires it, there is a fault already.
      faults.push(...own);
      if (isOfTenant(kind)) faults.push(faultAt(document, [], `${kind.key} is missing, by which this ${kind.name} is identified`));
      continue;
    }
    const given = typeof body.tenant === 'string' ? body.tenant : undefined;
    const tenant = isOfTenant(kind) ? (given === undefined ? (caller.tenant ?? undefined) : (tenantIds.get(given) ?? given)) : undefined;
    if (isOfTenant(kind) && tenant === undefined) own.push(faultAt(document, [], 'tenant is missing, since your API key has none'));
    if (given !== undefined && externalIdIn(tenant ?? '') !== null) own.push(faultAt(document, ['tenant'], `there is no tenant "${given}", neither in these files nor in the installation`));
    const resource = { ...document, body: tenant === undefined ? body : { ...body, tenant }, key, tenant, name: nameOf(kind, tenant, key), isFaulty: own.length > 0 };
    faults.push(...own);
    const first = seen.get(resource.name);
    if (first) faults.push(faultAt(document, [kind.key], `${resource.name} is defined twice: also in ${first.file}:${first.lineOf([])}`));
    else seen.set(resource.name, resource);
  }
  return { resources: [...seen.values()], faults };
}

function faultsOf(schemas: Schemas, document: Document): Fault[] {
  const schema = schemas.get(document.kind);
  if (!schema) return [];
  const open = schema.places(document.written, IS_SECRET.keyword, IS_SECRET.value).filter(({ text }) => text && !hasReference(text));
  return [
    ...document.unresolved.map(({ path, detail }) => faultAt(document, path, detail)),
    ...schema.faults(document.body).map(({ path, detail }) => faultAt(document, path, detail)),
    ...open.map(({ path }) => faultAt(document, path, 'is a secret, and must not be in a file: use ${env:NAME} or ${file:path}')),
  ];
}

/** Ids of the tenants that documents name by external ids: tenants of these documents, or of the installation. */
async function idsOfTenants(api: Api, caller: Caller, documents: readonly Document[]): Promise<ReadonlyMap<string, string>> {
  const named = [...new Set(documents.flatMap(({ body: { tenant } }) => (typeof tenant === 'string' && externalIdIn(tenant) !== null ? [tenant] : [])))];
  const ids = await Promise.all(
    named.map(async (reference): Promise<[string, string]> => {
      const written = documents.find(({ kind, body }) => kind.name === 'tenant' && body.externalId === externalIdIn(reference));
      if (typeof written?.body.id === 'string') return [reference, written.body.id];
      return [reference, caller.tenant ?? (await tenantNamed(api, reference))?.id ?? reference];
    }),
  );
  return new Map(ids);
}

/** A reference of a resource to another one, apart from its tenant. */
export interface Reference {
  readonly path: readonly (string | number)[];
  readonly kind: Kind;
  readonly text: string;
}

const EVERYTHING = '*';

export function referencesOf(schemas: Schemas, { kind, body }: Pick<Document, 'kind' | 'body'>): Reference[] {
  const byName = new Map<string, Kind>(kinds.map((one) => [one.name, one]));
  const ids = (schemas.get(kind)?.places(body, REFERENCE) ?? []).flatMap(({ path, text, value }): Reference[] => {
    const of = byName.get(value);
    return of && of.name !== 'tenant' ? [{ path, kind: of, text }] : [];
  });
  const eventType = byName.get('event-type');
  const types = kind.name === 'subscription' && eventType && Array.isArray(body.eventTypes) ? (body.eventTypes as unknown[]) : [];
  return [...ids, ...types.flatMap((text, i): Reference[] => (eventType && typeof text === 'string' && text !== EVERYTHING ? [{ path: ['eventTypes', i], kind: eventType, text }] : []))];
}
