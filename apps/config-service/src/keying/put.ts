import { check, ExternalId, externalIdIn, Fault, KEYED_KINDS, reference, type AggregateKind, type Keyed, type Principal } from '@nuncio/contracts';
import { ABSENT, type Versions } from '@nuncio/service';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { requireVersion, type Aggregate, type EventStore, type Resource, type Resources, type Transaction } from '../event-store/index.js';
import { invalid, nounOf, throwAny } from '../faults.js';
import { TakenBack } from '../subscriptions/take-back.js';
import { changesBetween, FieldChange } from './changes.js';

export const PutQuery = z.strictObject({
  /** Changes nothing; answers what would change. */
  dryRun: z.enum(['true', 'false']).default('false').describe('Whether to change nothing and only answer what would change'),
  /** For a caller without a tenant: the tenant of the external id, if the body names none. */
  tenant: reference('tenant').optional(),
});
export type PutQuery = z.infer<typeof PutQuery>;

/** What a PUT would do. `id` is null if the resource does not exist yet. */
const DryRun = z
  .object({
    dryRun: z.literal(true).describe('Nothing was changed'),
    action: z.enum(['create', 'replace', 'none']).describe('What would be done'),
    id: z.string().nullable().describe('Id of the resource; null = it does not exist yet'),
    changes: z.array(FieldChange).describe('The fields that would change'),
    effects: z
      .object({
        sample: z.literal(true).describe('A sample would be sent to verify it. `changes` assumes that it succeeds'),
        approvalTakenBack: TakenBack,
        affectedSubscriptions: z.int().describe('The number of subscriptions that use it'),
      })
      .partial()
      .describe('Further effects'),
  })
  .meta({ id: 'DryRun' });

/** The answer of a PUT: the resource; with `dryRun`, what would change. */
export const putAnswerOf = <S extends z.ZodType>(shown: S) => z.union([shown, DryRun]);

/** How resources of one kind are created and edited within a transaction. Each function returns what the answer shows. */
export interface Put<S extends object, B extends object, A extends object> {
  readonly aggregate: Aggregate<S>;
  readonly show: (resource: Resource<S>) => object;
  readonly create: (tx: Transaction, body: B) => Promise<Made<S, A>>;
  readonly replace: (tx: Transaction, current: Resource<S>, body: B) => Promise<Made<S, A>>;
  /** For kinds whose ids the caller chooses: the body's field with the id. Such a resource can be created by a PUT to its id. */
  readonly idField?: keyof B & string;
}

interface Made<S extends object, A> {
  readonly resource: Resource<S>;
  readonly answer: A;
  readonly effects?: z.infer<typeof DryRun>['effects'];
}

/** A PUT request. `id`: an id, or `ext:` and the external id. */
interface Putting<B> {
  readonly caller: Principal;
  readonly id: string;
  readonly ifMatch: Versions;
  readonly query: PutQuery;
  readonly body: B;
  readonly reply: Pick<FastifyReply, 'status'>;
}

/**
 * Creates the resource if it does not exist (201), else replaces every field that the body can have (200). The same request again changes nothing. A
 * generated id must exist.
 */
export async function put<S extends Keyed & object, B extends { tenant?: string | undefined } & Pick<Keyed, 'externalId'>, A extends object>(
  store: Pick<EventStore, 'transact' | 'rehearse'>,
  { aggregate, show, create, replace, idField }: Put<S, B, A>,
  { caller, id, ifMatch, query, body, reply }: Putting<B>,
): Promise<A | z.infer<typeof DryRun>> {
  const isRehearsal = query.dryRun === 'true';
  const externalId = isKeyed(aggregate.kind) ? externalIdIn(id) : null;
  if (externalId === null && idField !== undefined && body[idField] !== id) throw invalid(`/${idField}`, 'other', 'differs from the one in the path');
  const byId = (tx: Transaction) => (idField === undefined ? tx.get(aggregate, id) : tx.find(aggregate, id));
  const given = externalId === null ? body : { ...body, externalId: named(externalId, body.externalId) };
  const tenant = aggregate.kind === 'tenant' ? null : oneTenant([caller.tenant, body.tenant, query.tenant]);
  const work = async (tx: Transaction) => {
    const current = externalId === null ? await byId(tx) : await only(tx, aggregate, externalId, tenant);
    if (current && tenant !== null && current.tenant !== null && current.tenant !== tenant) throw otherTenant(current.tenant);
    if (current) requireVersion(aggregate.kind, current.version, ifMatch);
    else if (ifMatch !== null && ifMatch !== ABSENT) throw new Fault('stale', `there is no such ${nounOf(aggregate.kind)}`);
    const withTenant = query.tenant === undefined || aggregate.kind === 'tenant' ? given : { ...given, tenant: body.tenant ?? query.tenant };
    const made = current ? await replace(tx, current, given) : await create(tx, withTenant);
    return { current, made, changes: isRehearsal ? changesBetween(current && { resource: current, shown: show(current) }, { resource: made.resource, shown: show(made.resource) }) : [] };
  };
  const { current, made, changes } = await (isRehearsal ? store.rehearse(caller, work) : store.transact(caller, work));
  if (isRehearsal) return { dryRun: true, action: current ? (changes.length ? 'replace' : 'none') : 'create', id: current?.id ?? null, changes, effects: made.effects ?? {} };
  if (!current) void reply.status(201);
  return made.answer;
}

/** The tenant, which may be named in several places that must agree. */
function oneTenant(said: readonly (string | null | undefined)[]): string | null {
  const [tenant = null, ...others] = new Set(said.filter((one) => typeof one === 'string'));
  if (others.length) throw otherTenant(tenant ?? '');
  return tenant;
}

const otherTenant = (tenant: string) => invalid('/tenant', 'other', `is the tenant ${tenant}, and cannot be changed`);

const isKeyed = (kind: AggregateKind): boolean => Object.values<AggregateKind>(KEYED_KINDS).includes(kind);

/** Of a kind whose ids are given: the body with the id that stands in its path. Throws Fault `invalid` where that cannot be one. */
export function withIdOf<F extends string, B extends Readonly<Partial<Record<F, string>>>>(id: string, body: B, field: F, schema: z.ZodType<string>): B & Readonly<Record<F, string>> {
  const { data, faults } = check(schema, body[field] ?? (externalIdIn(id) === null ? id : undefined));
  throwAny(faults.map((fault) => ({ ...fault, pointer: `/${field}` })));
  return { ...body, [field]: data } as B & Readonly<Record<F, string>>;
}

function named(externalId: string, given: string | null | undefined): string {
  const [fault] = check(ExternalId, externalId).faults;
  if (fault) throw invalid('/externalId', 'invalid-format', fault.detail);
  if (given !== undefined && given !== null && given !== externalId) throw invalid('/externalId', 'other', 'differs from the one in the path');
  return externalId;
}

/** null = there is none. Throws Fault `invalid` if several tenants have one. */
async function only<S extends object>(resources: Resources, aggregate: Aggregate<S>, externalId: string, tenant: string | null): Promise<Resource<S> | null> {
  const [found = null, ...more] = await resources.byExternalId(aggregate, externalId, tenant);
  if (more.length) throw invalid('/tenant', 'ambiguous', `several tenants have a ${nounOf(aggregate.kind)} "${externalId}": name the tenant`);
  return found;
}

/** Fields that stay if a PUT does not name them: the groups, whether it is enabled or paused, and sealed values, which nobody can send back. */
const KEPT: ReadonlySet<string> = new Set(['groups', 'enabled', 'pausedUntil', 'secretHeaders', 'clientId', 'clientSecret', 'clientCertificate']);

/**
 * Turns the body of a PUT into a merge patch: fields that it does not name get their defaults. `fields`: those of the patch. `before`: the present
 * values of objects that are merged, whose unnamed members are removed. `kept`: further fields that stay.
 */
export function asPatch<F extends z.ZodRawShape>(body: object, fields: F, before: Readonly<Record<string, object | null | undefined>>, kept: readonly string[] = []): z.output<z.ZodObject<F>> {
  const given = body as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.keys(fields).flatMap((name): [string, unknown][] => {
      const value = given[name];
      if (value === undefined) return KEPT.has(name) || kept.includes(name) ? [] : [[name, null]];
      const cleared = Object.keys(before[name] ?? {}).map((inner) => [inner, null]);
      return [[name, typeof value === 'object' && value !== null && name in before ? { ...Object.fromEntries(cleared), ...value } : value]];
    }),
  ) as z.output<z.ZodObject<F>>;
}
