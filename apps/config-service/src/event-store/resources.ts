import { ExternalId, Fault, reaches, type AggregateKind, type Keyed, type Principal, type Subscription, type SubscriptionState } from '@nuncio/contracts';
import { And, ArrayContains, ArrayOverlap, In, JsonContains, LessThan, LessThanOrEqual, Not, Raw, type EntityManager, type FindOptionsWhere } from 'typeorm';
import { invalid } from '../faults.js';
import type { Aggregate, Index } from './aggregate.js';
import type { ListQuery } from './page.js';
import { replay } from './past.js';
import { RecordedEvent } from './recorded-event.entity.js';
import { Resource } from './resource.entity.js';
import { within } from './within.js';

/** What a list is narrowed by. Each of `links` is a set of streams: what is listed depends on one of every set. */
export interface Selection extends ListQuery {
  readonly links?: readonly (readonly string[])[];
  /** Top-level fields of the state, as text, with the values any of which will do. */
  readonly fields?: Readonly<Record<string, readonly string[] | undefined>>;
}

/** What people know a resource by, none of which is hidden from who may read it. */
const SEARCHED = `concat_ws(E'\\n', id, state ->> 'name', state ->> 'url', state ->> 'issuer', state ->> 'tokenUrl', state ->> 'eventTypes')`;

/** The read model as one caller sees it: what is not theirs is not there. */
export class Resources {
  constructor(
    protected readonly manager: EntityManager,
    readonly caller: Principal,
  ) {}

  /** null = not there, or not the caller's. */
  async find<S extends object>(aggregate: Aggregate<S>, id: string): Promise<Resource<S> | null> {
    // PostgreSQL refuses to look for what it cannot hold.
    if (id.includes('\0')) return null;
    const found = await this.manager.findOneBy(Resource<S>, { kind: aggregate.kind, id });
    if (!found) return null;
    const { tenant, groups } = found;
    return tenant === null || reaches(this.caller, { tenant, groups }) ? found : null;
  }

  /** Those of `ids` that are there and the caller's, in no order. */
  findAll<S extends object>({ kind }: Aggregate<S>, ids: readonly string[]): Promise<Resource<S>[]> {
    const where = within(this.caller).map((reach) => ({ kind, id: In([...ids]), ...reach }));
    return this.manager.find(Resource<S>, { where: where as FindOptionsWhere<Resource<S>>[] });
  }

  /** As it is, or was at a moment. Throws Fault `not-found`. */
  async get<S extends object>(aggregate: Aggregate<S>, id: string, at?: Date): Promise<Resource<S>> {
    const found = await (at ? this.#past(aggregate, id, at) : this.find(aggregate, id));
    if (!found) throw new Fault('not-found', `there is no ${aggregate.kind} "${id}"`);
    return found;
  }

  /** Out of its events; who may see it now decides, be it deleted since. */
  async #past<S extends object>(aggregate: Aggregate<S>, id: string, at: Date): Promise<Resource<S> | null> {
    if (id.includes('\0')) return null;
    const until = { kind: aggregate.kind, id, at: LessThanOrEqual(at) };
    const where = within(this.caller).map((reach) => ({ ...until, ...reach }));
    return replay(aggregate, await this.manager.find(RecordedEvent, { where: where as FindOptionsWhere<RecordedEvent>[], order: { version: 'ASC' } }));
  }

  /** What a body names at `pointer`. Throws Fault `invalid` where it is not there, or not the caller's. */
  async named<S extends object>(aggregate: Aggregate<S>, id: string, pointer: string): Promise<Resource<S>> {
    const found = await this.find(aggregate, id);
    if (!found) throw invalid(pointer, 'unknown', `there is no ${aggregate.kind} "${id}"`);
    return found;
  }

  /** Whoever it belongs to; null = it is not there. */
  async versionOf<S extends object>({ kind }: Aggregate<S>, id: string): Promise<number | null> {
    return (await this.manager.findOneBy(Resource<S>, { kind, id }))?.version ?? null;
  }

  /** By what is unique among the living of its kind (`Index.name`), whoever they belong to. */
  byName<S extends object>(aggregate: Aggregate<S>, name: string): Promise<Resource<S> | null> {
    return this.manager.findOneBy(Resource<S>, { kind: aggregate.kind, name });
  }

  /** Those that are the caller's, of one tenant or of all: in each there is one at most. */
  byExternalId<S extends object>({ kind }: Aggregate<S>, externalId: string, tenant: string | null): Promise<Resource<S>[]> {
    // What no external id can be, PostgreSQL may refuse to look for.
    if (!ExternalId.safeParse(externalId).success) return Promise.resolve([]);
    const state = Raw((column) => `${column} ->> 'externalId' = :externalId`, { externalId });
    const where = within(this.caller).map((reach) => ({ kind, state, ...reach }));
    return this.manager.find(Resource<S>, { where: where as FindOptionsWhere<Resource<S>>[] }).then((found) => (tenant === null ? found : found.filter((one) => one.tenant === tenant)));
  }

  /** What has the name or the external id that somebody else wants; null = there is none, or it is not the caller's. */
  async taking<S extends object>(aggregate: Aggregate<S>, field: 'name' | 'externalId', { tenant, name, externalId }: Index & Keyed): Promise<Resource<S> | null> {
    if (field === 'externalId') return (await this.byExternalId(aggregate, externalId ?? '', aggregate.kind === 'tenant' ? null : tenant))[0] ?? null;
    const found = await this.byName(aggregate, name ?? '');
    return found && (found.tenant === null || reaches(this.caller, { tenant: found.tenant, groups: found.groups })) ? found : null;
  }

  /** Newest first, one more than `limit` where there are more. */
  list<S extends object>(aggregate: Aggregate<S>, { limit, cursor, tenant, id, q, links, fields = {} }: Selection): Promise<Resource<S>[]> {
    // A caller bound to a tenant who names only others finds what is in both: nothing.
    if (tenant && this.caller.tenant !== null && !tenant.includes(this.caller.tenant)) return Promise.resolve([]);
    const states = [
      ...(q === undefined ? [] : [Raw(() => `strpos(lower(${SEARCHED}), lower(:q)) > 0`, { q })]),
      ...Object.entries(fields).flatMap(([name, values]) => (values ? [Raw((state) => `${state} ->> '${name}' in (:...${name})`, { [name]: values })] : [])),
    ];
    const wanted = {
      kind: aggregate.kind,
      ...(id === undefined ? {} : { id: In(id) }),
      ...(states.length ? { state: And(...states) } : {}),
      ...(cursor === undefined ? {} : { created: LessThan(cursor) }),
      ...(links?.length ? { links: And(...links.map((streams) => ArrayOverlap([...streams]))) } : {}),
      ...(tenant ? { tenant: In(tenant) } : {}),
    };
    const where = within(this.caller).map((reach) => ({ ...wanted, ...reach }));
    return this.manager.find(Resource<S>, { where: where as FindOptionsWhere<Resource<S>>[], order: { created: 'DESC' }, take: limit + 1 });
  }

  /** Whoever they belong to: what depends on all of `streams`, and has `fields` in its state. */
  dependents<S extends object>({ kind }: Aggregate<S>, streams: readonly string[], fields: Partial<S>): Promise<Resource<S>[]> {
    const where = { kind, links: ArrayContains([...streams]), state: JsonContains(fields) } as FindOptionsWhere<Resource<S>>;
    return this.manager.find(Resource<S>, { where, order: { created: 'ASC' } });
  }

  /** Whoever they belong to: what depends on one of every set of streams, and has not `fields` in its state. */
  dependentsOfAny<S extends object>({ kind }: Aggregate<S>, sets: readonly (readonly string[])[], fields: Partial<S>): Promise<Resource<S>[]> {
    if (sets.some((streams) => !streams.length)) return Promise.resolve([]);
    const where = { kind, links: And(...sets.map((streams) => ArrayOverlap([...streams]))), state: Not(JsonContains(fields)) } as FindOptionsWhere<Resource<S>>;
    return this.manager.find(Resource<S>, { where, order: { created: 'ASC' } });
  }

  /** Whoever they belong to: what has `fields` in its state. Looks at all of its kind. */
  withFields<S extends object>({ kind }: Aggregate<S>, fields: Partial<S>): Promise<Resource<S>[]> {
    return this.manager.find(Resource<S>, { where: { kind, state: JsonContains(fields) } as FindOptionsWhere<Resource<S>> });
  }

  /** A tenant's subscriptions that are in this state. */
  subscriptionsIn(tenant: string, state: SubscriptionState): Promise<{ id: string; state: Subscription }[]> {
    return this.manager.query(`select id, state from config.aggregates where kind = 'subscription' and tenant = $1 and not deleted and state ->> 'state' = $2`, [tenant, state]);
  }

  /** Whether something depends on the stream that is not the caller's. */
  async isUsedByOthers(stream: string): Promise<boolean> {
    const links = ArrayContains([stream]);
    const own = within(this.caller).map((reach) => ({ links, ...reach }));
    const [all, reached] = await Promise.all([this.manager.countBy(Resource, { links }), this.manager.countBy(Resource, own as FindOptionsWhere<Resource>[])]);
    return all > reached;
  }

  countDependents(stream: string, kind: AggregateKind): Promise<number> {
    return this.manager.countBy(Resource, { kind, links: ArrayContains([stream]) });
  }
}
