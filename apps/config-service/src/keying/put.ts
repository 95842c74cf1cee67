import { ExternalId, externalIdIn, Fault, KEYED_KINDS, reference, type AggregateKind, type Keyed, type Principal } from '@nuncio/contracts';
import type { Versions } from '@nuncio/service';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { requireVersion, type Aggregate, type EventStore, type Resource, type Resources, type Transaction } from '../event-store/index.js';
import { invalid } from '../faults.js';
import { TakenBack } from '../subscriptions/take-back.js';
import { changesBetween, FieldChange } from './changes.js';

export const PutQuery = z.strictObject({
  /** Changes nothing, and says what it would change. */
  dryRun: z.enum(['true', 'false']).default('false').describe('Whether only to say what would be done'),
  /** Of a caller without a tenant: whose external id it is, where the body names none. */
  tenant: reference('tenant').optional(),
});
export type PutQuery = z.infer<typeof PutQuery>;

/** What a PUT would come to: `id` is null of what is not there yet. */
export const DryRun = z
  .object({
    dryRun: z.literal(true).describe('Nothing was done'),
    action: z.enum(['create', 'replace', 'none']).describe('What would be'),
    id: z.string().nullable().describe('Of what is there; null = nothing is'),
    changes: z.array(FieldChange).describe('What would be different'),
    effects: z
      .object({
        sample: z.literal(true).describe('A sample would be sent to verify it; what would be different is what follows its success'),
        approvalTakenBack: TakenBack,
        affectedSubscriptions: z.int().describe('How many subscriptions use it'),
      })
      .partial()
      .describe('What would come of it beside'),
  })
  .meta({ id: 'DryRun' });

/** A PUT answers the resource, or, with `dryRun`, what would change. */
export const putAnswerOf = <S extends z.ZodType>(shown: S) => z.union([shown, DryRun]);

/** Of one kind: how one is made, and edited, within a transaction. Each answers what it shows. */
export interface Put<S extends object, B extends object, A extends object> {
  readonly aggregate: Aggregate<S>;
  readonly show: (resource: Resource<S>) => object;
  readonly create: (tx: Transaction, body: B) => Promise<Made<S, A>>;
  readonly replace: (tx: Transaction, current: Resource<S>, body: B) => Promise<Made<S, A>>;
  /** Of a kind whose ids are given by who makes one: where in the body the id stands. Then one that is not there can be put by its id, too. */
  readonly idField?: keyof B & string;
}

export interface Made<S extends object, A> {
  readonly resource: Resource<S>;
  readonly answer: A;
  readonly effects?: z.infer<typeof DryRun>['effects'];
}

/** A request to put one: `id` is an id, or `ext:` and the external id. */
export interface Putting<B> {
  readonly caller: Principal;
  readonly id: string;
  readonly ifMatch: Versions;
  readonly query: PutQuery;
  readonly body: B;
  readonly reply: Pick<FastifyReply, 'status'>;
}

/** Makes it where it is not there (201), else replaces what the body can say of it (200); the same once more changes nothing. An id that is made here must be there. */
export async function put<S extends Keyed & object, B extends { tenant?: string | undefined } & Pick<Keyed, 'externalId'>, A extends object>(
  store: Pick<EventStore, 'transact' | 'rehearse'>,
  { aggregate, show, create, replace, idField }: Put<S, B, A>,
  { caller, id, ifMatch, query, body, reply }: Putting<B>,
): Promise<A | z.infer<typeof DryRun>> {
  const isRehearsal = query.dryRun === 'true';
  const externalId = isKeyed(aggregate.kind) ? externalIdIn(id) : null;
  if (externalId === null && idField !== undefined && body[idField] !== id) throw invalid(`/${idField}`, 'other', 'is another one than in the path');
  const byId = (tx: Transaction) => (idField === undefined ? tx.get(aggregate, id) : tx.find(aggregate, id));
  const given = externalId === null ? body : { ...body, externalId: named(externalId, body.externalId) };
  const tenant = aggregate.kind === 'tenant' ? null : oneTenant([caller.tenant, body.tenant, query.tenant]);
  const work = async (tx: Transaction) => {
    const current = externalId === null ? await byId(tx) : await only(tx, aggregate, externalId, tenant);
    if (current && tenant !== null && current.tenant !== null && current.tenant !== tenant) throw otherTenant(current.tenant);
    if (current) requireVersion(aggregate.kind, current.version, ifMatch);
    else if (ifMatch !== null) throw new Fault('stale', `there is no such ${aggregate.kind}`);
    const withTenant = query.tenant === undefined || aggregate.kind === 'tenant' ? given : { ...given, tenant: body.tenant ?? query.tenant };
    const made = current ? await replace(tx, current, given) : await create(tx, withTenant);
    return { current, made, changes: isRehearsal ? changesBetween(current && { resource: current, shown: show(current) }, { resource: made.resource, shown: show(made.resource) }) : [] };
  };
  const { current, made, changes } = await (isRehearsal ? store.rehearse(caller, work) : store.transact(caller, work));
  if (isRehearsal) return { dryRun: true, action: current ? (changes.length ? 'replace' : 'none') : 'create', id: current?.id ?? null, changes, effects: made.effects ?? {} };
  if (!current) void reply.status(201);
  return made.answer;
}

/** What says whose it is says the same of it, wherever it stands. */
function oneTenant(said: readonly (string | null | undefined)[]): string | null {
  const [tenant = null, ...others] = new Set(said.filter((one) => typeof one === 'string'));
  if (others.length) throw otherTenant(tenant ?? '');
  return tenant;
}

const otherTenant = (tenant: string) => invalid('/tenant', 'other', `is the tenant ${tenant}, and cannot be another one`);

const isKeyed = (kind: AggregateKind): boolean => Object.values<AggregateKind>(KEYED_KINDS).includes(kind);

function named(externalId: string, given: string | null | undefined): string {
  const { error } = ExternalId.safeParse(externalId);
  if (error) throw invalid('/externalId', 'invalid-format', error.issues[0]?.message ?? 'is none');
  if (given !== undefined && given !== null && given !== externalId) throw invalid('/externalId', 'other', 'is another one than in the path');
  return externalId;
}

/** null = there is none. Throws Fault `invalid` where several tenants have one. */
async function only<S extends object>(resources: Resources, aggregate: Aggregate<S>, externalId: string, tenant: string | null): Promise<Resource<S> | null> {
  const [found = null, ...more] = await resources.byExternalId(aggregate, externalId, tenant);
  if (more.length) throw invalid('/tenant', 'ambiguous', `several tenants have a ${aggregate.kind} "${externalId}": name the tenant`);
  return found;
}

/** What stays as it is where a PUT does not name it: who may, whether it is on or paused, and what nobody can send back since it is sealed. */
const KEPT: ReadonlySet<string> = new Set(['groups', 'enabled', 'pausedUntil', 'secretHeaders', 'clientId', 'clientSecret', 'clientCertificate']);

/**
 * The body of a PUT as the merge patch that comes to it: what it does not name goes back to its default. `fields`: of the patch; `before`: of its objects those that
 * are merged, as they are, of which what is not named goes, too; `kept`: fields that stay beside the usual ones.
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
