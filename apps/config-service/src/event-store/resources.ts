import { ExternalId, Fault, reaches, type AggregateKind, type Keyed, type Principal, type Subscription, type SubscriptionState } from '@nuncio/contracts';
import { And, ArrayContains, ArrayOverlap, In, JsonContains, LessThanOrEqual, Not, Raw, type EntityManager, type FindOptionsWhere, type SelectQueryBuilder } from 'typeorm';
import { invalid, nounOf } from '../faults.js';
import { deleted, type Aggregate, type Index } from './aggregate.js';
import { replay, type PastQuery } from './past.js';
import { RecordedEvent } from './recorded-event.entity.js';
import { Resource } from './resource.entity.js';
import { within } from './within.js';

/** A condition: SQL about `resource`, and the values of its parameters. */
export interface Wanted {
  readonly sql: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** A page. `after`: the place of the last item of the page before. */
interface Paging {
  readonly by: 'created' | 'position';
  readonly direction: 'ASC' | 'DESC';
  readonly after: number | undefined;
  readonly limit: number;
  /** The condition has an index of its own, so matches are found by it and sorted afterwards. */
  readonly isLed: boolean;
}

/**
 * In units of PostgreSQL's planner, where a row by an index costs 1 to 4. Queries up to this take some tens of
 * milliseconds.
 */
const MAX_COST = 50_000;

type Plan = readonly [{ readonly 'QUERY PLAN': readonly [{ readonly Plan: { readonly 'Total Cost': number; readonly 'Plan Rows': number } }] }];

/** The read model as one caller sees it: resources out of reach do not exist. */
export class Resources {
  constructor(
    protected readonly manager: EntityManager,
    readonly caller: Principal,
  ) {}

  /** null = it does not exist, or the caller may not see it. */
  async find<S extends object>(aggregate: Aggregate<S>, id: string): Promise<Resource<S> | null> {
    // PostgreSQL refuses NUL in a parameter.
    if (id.includes('\0')) return null;
    const found = await this.manager.findOneBy(Resource<S>, { kind: aggregate.kind, id });
    if (!found) return null;
    const { tenant, groups } = found;
    return tenant === null || reaches(this.caller, { tenant, groups }) ? found : null;
  }

  /** Those of `ids` that exist and that the caller may see, in no order. */
  findAll<S extends object>({ kind }: Aggregate<S>, ids: readonly string[]): Promise<Resource<S>[]> {
    const where = within(this.caller).map((reach) => ({ kind, id: In([...ids]), ...reach }));
    return this.manager.find(Resource<S>, { where: where as FindOptionsWhere<Resource<S>>[] });
  }

  /** The resource, or an earlier state of it. Throws Fault `not-found`. */
  async get<S extends object>(aggregate: Aggregate<S>, id: string, past: PastQuery = {}): Promise<Resource<S>> {
    const found = await (past.at !== undefined || past.version !== undefined ? this.#past(aggregate, id, past) : this.find(aggregate, id));
    if (!found) throw new Fault('not-found', `there is no ${past.version === undefined ? '' : `version ${past.version} of `}${nounOf(aggregate.kind)} "${id}"`);
    return found;
  }

  /** Computed from its events. Its present tenant and groups decide who may see it, even if it is deleted. */
  async #past<S extends object>(aggregate: Aggregate<S>, id: string, { at, version }: PastQuery): Promise<Resource<S> | null> {
    if (id.includes('\0')) return null;
    const until = { kind: aggregate.kind, id, ...(at && { at: LessThanOrEqual(at) }), ...(version !== undefined && { version: LessThanOrEqual(version) }) };
    const where = within(this.caller).map((reach) => ({ ...until, ...reach }));
    const found = replay(aggregate, await this.manager.find(RecordedEvent, { where: where as FindOptionsWhere<RecordedEvent>[], order: { version: 'ASC' } }));
    return version === undefined || found?.version === version ? found : null;
  }

  /** The last state of each resource that had this id and was deleted. Reads its whole history. */
  async deletedStates<S extends object>(aggregate: Aggregate<S>, id: string): Promise<S[]> {
    const events = await this.manager.find(RecordedEvent, { where: { kind: aggregate.kind, id }, order: { version: 'ASC' } });
    return events.flatMap(({ type }, i) => (type === deleted.type ? (replay(aggregate, events.slice(0, i))?.state ?? []) : []));
  }

  /**
   * The resource that a body names at `pointer`. Throws Fault `invalid` if it does not exist, or the caller may not see
   * it.
   */
  async named<S extends object>(aggregate: Aggregate<S>, id: string, pointer: string): Promise<Resource<S>> {
    const found = await this.find(aggregate, id);
    if (!found) throw invalid(pointer, 'unknown', `there is no ${nounOf(aggregate.kind)} "${id}"`);
    return found;
  }

  /** Its version, whoever it belongs to; null = it does not exist. */
  async versionOf<S extends object>({ kind }: Aggregate<S>, id: string): Promise<number | null> {
    return (await this.manager.findOneBy(Resource<S>, { kind, id }))?.version ?? null;
  }

  /** The resource with this `Index.name`, whoever it belongs to. */
  byName<S extends object>(aggregate: Aggregate<S>, name: string): Promise<Resource<S> | null> {
    return this.manager.findOneBy(Resource<S>, { kind: aggregate.kind, name });
  }

  /**
   * Resources with this external id that the caller may see; at most one per tenant. `tenant` null = of all tenants.
   */
  byExternalId<S extends object>(aggregate: Aggregate<S>, externalId: string, tenant: string | null): Promise<Resource<S>[]> {
    return this.byExternalIds(aggregate, [externalId], tenant);
  }

  /** The same for several external ids. */
  byExternalIds<S extends object>({ kind }: Aggregate<S>, externalIds: readonly string[], tenant: string | null): Promise<Resource<S>[]> {
    // PostgreSQL may refuse a text that cannot be an external id.
    const possible = externalIds.filter((externalId) => ExternalId.safeParse(externalId).success);
    if (!possible.length) return Promise.resolve([]);
    const state = Raw((column) => `${column} ->> 'externalId' = any(:possible)`, { possible });
    const where = within(this.caller).map((reach) => ({ kind, state, ...reach }));
    return this.manager.find(Resource<S>, { where: where as FindOptionsWhere<Resource<S>>[] }).then((found) => (tenant === null ? found : found.filter((one) => one.tenant === tenant)));
  }

  /** The resource that has the name or external id already; null = there is none, or the caller may not see it. */
  async taking<S extends object>(aggregate: Aggregate<S>, field: 'name' | 'externalId', { tenant, name, externalId }: Index & Keyed): Promise<Resource<S> | null> {
    if (field === 'externalId') return (await this.byExternalId(aggregate, externalId ?? '', aggregate.kind === 'tenant' ? null : tenant))[0] ?? null;
    const found = await this.byName(aggregate, name ?? '');
    return found && (found.tenant === null || reaches(this.caller, { tenant: found.tenant, groups: found.groups })) ? found : null;
  }

  /** Matches in the order of the list; one more than `limit` if there are more. */
  search<S extends object>(aggregate: Aggregate<S>, wanted: readonly Wanted[], { by, direction, after, limit, isLed }: Paging): Promise<Resource<S>[]> {
    const query = this.#wanted(aggregate, wanted)
      // The sum keeps PostgreSQL from using the index of this order.
      .orderBy(isLed ? `(resource.${by} + 0)` : `resource.${by}`, direction)
      .limit(limit + 1);
    if (after !== undefined) query.andWhere(`resource.${by} ${direction === 'ASC' ? '>' : '<'} :after`, { after });
    return query.getMany();
  }

  /** Whether more than `few` resources match, whoever they belong to. */
  async areMore<S extends object>({ kind }: Aggregate<S>, wanted: readonly Wanted[], few: number): Promise<boolean> {
    const query = this.manager.createQueryBuilder(Resource, 'resource').select('resource.id', 'id').where({ kind }).limit(few + 1);
    for (const { sql, values } of wanted) query.andWhere(sql, values);
    return (await query.getRawMany()).length > few;
  }

  /** Exact if PostgreSQL's plan says that counting is cheap; else the plan's estimate. */
  async count<S extends object>(aggregate: Aggregate<S>, wanted: readonly Wanted[]): Promise<{ value: number; exact: boolean }> {
    const query = this.#wanted(aggregate, wanted).select('resource.id');
    const [text, values] = query.getQueryAndParameters();
    const [{ 'QUERY PLAN': plan }] = await this.manager.query<Plan>(`explain (format json) ${text}`, values);
    const { 'Total Cost': cost, 'Plan Rows': estimate } = plan[0].Plan;
    return cost > MAX_COST ? { value: estimate, exact: false } : { value: await query.getCount(), exact: true };
  }

  #wanted<S extends object>({ kind }: Aggregate<S>, wanted: readonly Wanted[]): SelectQueryBuilder<Resource<S>> {
    const query = this.manager.createQueryBuilder(Resource<S>, 'resource').where(within(this.caller)).andWhere({ kind });
    for (const { sql, values } of wanted) query.andWhere(sql, values);
    return query;
  }

  /** Resources that depend on all of `streams` and have `fields` in their state, whoever they belong to. */
  dependents<S extends object>({ kind }: Aggregate<S>, streams: readonly string[], fields: Partial<S>): Promise<Resource<S>[]> {
    const where = { kind, links: ArrayContains([...streams]), state: JsonContains(fields) } as FindOptionsWhere<Resource<S>>;
    return this.manager.find(Resource<S>, { where, order: { created: 'ASC' } });
  }

  /**
   * Resources that depend on one stream of each set and do not have `fields` in their state, whoever they belong to.
   */
  dependentsOfAny<S extends object>({ kind }: Aggregate<S>, sets: readonly (readonly string[])[], fields: Partial<S>): Promise<Resource<S>[]> {
    if (sets.some((streams) => !streams.length)) return Promise.resolve([]);
    const where = { kind, links: And(...sets.map((streams) => ArrayOverlap([...streams]))), state: Not(JsonContains(fields)) } as FindOptionsWhere<Resource<S>>;
    return this.manager.find(Resource<S>, { where, order: { created: 'ASC' } });
  }

  /** Resources with `fields` in their state, whoever they belong to. Scans all of the kind. */
  withFields<S extends object>({ kind }: Aggregate<S>, fields: Partial<S>): Promise<Resource<S>[]> {
    return this.manager.find(Resource<S>, { where: { kind, state: JsonContains(fields) } as FindOptionsWhere<Resource<S>> });
  }

  /** A tenant's subscriptions in this state. */
  subscriptionsIn(tenant: string, state: SubscriptionState): Promise<{ id: string; state: Subscription }[]> {
    return this.manager.query(`select id, state from config.aggregates where kind = 'subscription' and tenant = $1 and not deleted and state ->> 'state' = $2`, [tenant, state]);
  }

  /** Whether a resource that the caller may not manage depends on the stream. */
  async isUsedByOthers(stream: string): Promise<boolean> {
    const links = ArrayContains([stream]);
    const own = within(this.caller).map((reach) => ({ links, ...reach }));
    const [all, reached] = await Promise.all([this.manager.countBy(Resource, { links }), this.manager.countBy(Resource, own as FindOptionsWhere<Resource>[])]);
    return all > reached;
  }

  async countIn(tenant: string, kind: AggregateKind): Promise<number> {
    const [counted] = await this.manager.query<{ n: number }[]>('select count(*)::int as n from config.aggregates where kind = $1 and tenant = $2 and not deleted', [kind, tenant]);
    return counted?.n ?? 0;
  }

  countDependents(stream: string, kind: AggregateKind): Promise<number> {
    return this.manager.countBy(Resource, { kind, links: ArrayContains([stream]) });
  }
}
