import type { Api, Json } from '../api.js';
import { isPassing, Refused } from '../refused.js';
import { faultAt, type Fault } from './documents.js';
import type { Existing, Installation } from './installation.js';
import { externalIdIn, idInPath, isOfTenant, kinds, parameterOf, type Kind } from './kinds.js';
import { inLanes } from './lanes.js';
import { partsOf } from './pointer.js';
import { nameOf, referencesOf, type Reference, type Resource, type Schemas } from './resource.js';

export interface Change {
  /** A JSON pointer (RFC 6901). */
  readonly pointer: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** The side effects of a change, as a dry run names them. */
interface Effects {
  readonly sample?: boolean;
  readonly approvalTakenBack?: readonly { readonly subscription: string; readonly from: string; readonly to: string }[];
}

export interface Planned {
  readonly resource: Resource;
  readonly action: 'create' | 'change' | 'none';
  /** null = it does not exist yet. */
  readonly id: string | null;
  readonly changes: readonly Change[];
  readonly effects: Effects;
}

/** A resource of the installation with an external id that is in no file. */
export interface Surplus {
  readonly kind: Kind;
  readonly existing: Existing;
}

export interface Plan {
  readonly planned: readonly Planned[];
  /** In the order in which they can be deleted. */
  readonly surplus: readonly Surplus[];
}

interface DryRun {
  readonly action: 'create' | 'replace' | 'none';
  readonly id: string | null;
  readonly changes: readonly Change[];
  readonly effects?: Effects;
}

interface Rehearsing {
  readonly api: Api;
  readonly schemas: Schemas;
  readonly installation: Installation;
  readonly isWhole: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
}

/**
 * The plan of an apply, from the installation's dry runs, and everything that it would refuse. A reference to a resource that does not exist yet is
 * left out of the comparison.
 */
export async function planOf(resources: readonly Resource[], rehearsing: Rehearsing): Promise<{ plan: Plan; faults: Fault[] }> {
  const { installation, signal, onProgress } = rehearsing;
  const wanted = new Set(resources.map(({ name }) => name));
  const results = new Map<Resource, Planned | Fault[]>();
  await inLanes(resources, signal, async (resource) => {
    results.set(resource, await compared(resource, wanted, rehearsing));
    onProgress(results.size);
  });
  const inOrder = resources.flatMap((resource): (Planned | Fault)[] => [results.get(resource) ?? []].flat());
  const planned = inOrder.filter((one): one is Planned => 'action' in one);
  const faults = inOrder.filter((one): one is Fault => !('action' in one));
  return { plan: { planned: withTakenBack(planned), surplus: surplusOf(resources, wanted, installation) }, faults };
}

const [TENANT] = kinds as [Kind];

/** `wanted`: names of the resources in the files. */
async function compared(resource: Resource, wanted: ReadonlySet<string>, { api, schemas, installation, isWhole }: Rehearsing): Promise<Planned | Fault[]> {
  const { kind, key, tenant } = resource;
  const isNew = (of: Kind, itsKey: string): boolean => !installation.find(of, tenant, itsKey);
  const isWanted = (of: Kind, itsKey: string): boolean => wanted.has(nameOf(of, tenant, itsKey));
  // An id was given by the installation, which checks it itself.
  const references = referencesOf(schemas, resource).flatMap((reference) => {
    const named = isOfTenant(reference.kind) ? externalIdIn(reference.text) : reference.text;
    return named !== null && isNew(reference.kind, named) ? [{ ...reference, key: named }] : [];
  });
  const isTenantNew = tenant !== undefined && installation.caller.tenant === null && isNew(TENANT, tenant);
  const all = isTenantNew ? [...references, { path: ['tenant'], kind: TENANT, text: tenant, key: tenant }] : references;
  const unknown = all.filter((one) => !isWanted(one.kind, one.key));
  if (unknown.length) return isWhole ? unknown.map(({ path, kind: of, text }) => faultAt(resource, path, `there is no ${of.name} "${text}", neither in these files nor in the installation`)) : [];
  if (resource.isFaulty) return [];
  try {
    return await rehearsed(api, resource, installation.find(kind, tenant, key), all);
  } catch (error) {
    if (!(error instanceof Refused) || isPassing(error)) throw error;
    return refusalOf(resource, error);
  }
}

/** `pending`: its references to resources that do not exist yet. */
async function rehearsed(api: Api, resource: Resource, existing: Existing | undefined, pending: readonly Reference[]): Promise<Planned> {
  const { kind, key, body } = resource;
  const asNew: Planned = { resource, action: 'create', id: null, changes: [], effects: body.activate === true ? { sample: true } : {} };
  if (!existing && pending.length) return asNew;
  // A field that refers to a new resource is compared with its present value.
  const held = [...new Set(pending.map(({ path }) => String(path[0])))];
  const comparable = Object.fromEntries(Object.entries(body).map(([name, value]) => [name, held.includes(name) ? existing?.[name] : value]));
  const dryRun = await api.call<DryRun>(`PUT ${kind.one}`, { path: { [parameterOf(kind)]: idInPath(kind, key) }, query: { dryRun: 'true' }, body: comparable });
  if (dryRun.action === 'create') return { ...asNew, effects: dryRun.effects ?? {} };
  const changes = [...dryRun.changes, ...held.map((name) => ({ pointer: `/${name}`, before: existing?.[name], after: body[name] }))];
  return { resource, action: changes.length ? 'change' : 'none', id: dryRun.id, changes, effects: dryRun.effects ?? {} };
}

/** A fault of a field is placed at the field. */
function refusalOf(resource: Resource, { problem: { detail, title, errors = [], existing } }: Refused): Fault[] {
  const known = existing === undefined ? '' : ` (${existing}; if that is the one, give it this externalId by hand)`;
  if (!errors.length || existing !== undefined) return [faultAt(resource, [], `${resource.name}: ${detail ?? title ?? 'is refused'}${known}`)];
  return errors.map((error) => faultAt(resource, partsOf(error.pointer), error.detail));
}

/** A change of one resource may take back the approval of another one in these files. The same apply activates that one again. */
function withTakenBack(planned: readonly Planned[]): Planned[] {
  const taken = new Map(planned.flatMap(({ effects }) => effects.approvalTakenBack ?? []).map((one) => [one.subscription, one]));
  return planned.map((one) => {
    const back = one.id === null ? undefined : taken.get(one.id);
    if (!back || one.resource.body.activate !== true || one.effects.sample) return one;
    return { ...one, action: 'change', changes: [...one.changes, { pointer: '/state', before: back.from, after: 'ready-to-submit' }], effects: { ...one.effects, sample: true } };
  });
}

/** The surplus of the tenants that the files name: only resources with an external id. */
function surplusOf(resources: readonly Resource[], wanted: ReadonlySet<string>, installation: Installation): Surplus[] {
  const tenants = new Set(resources.flatMap(({ kind, key, tenant }) => (kind.name === 'tenant' ? [key] : (tenant ?? []))));
  return kinds.filter(isOfTenant).toReversed().flatMap((kind) =>
    installation
      .of(kind)
      .filter(({ externalId, tenant }) => externalId && tenants.has(String(tenant)) && !wanted.has(nameOf(kind, String(tenant), externalId)))
      .map((existing) => ({ kind, existing })),
  );
}

/** The fields of a new resource as they are in the file: secrets stay references. */
export const fieldsOf = ({ written, kind }: Resource): Json => Object.fromEntries(Object.entries(written).filter(([name]) => name !== kind.key && name !== 'tenant'));
