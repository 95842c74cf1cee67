import { Fault, streamOf, type Keyed, type Principal } from '@nuncio/contracts';
import { ABSENT, type Versions } from '@nuncio/service';
import { ArrayContains, type EntityManager, type FindOptionsWhere } from 'typeorm';
import { nounOf } from '../faults.js';
import { created, deleted, type Aggregate, type Change } from './aggregate.js';
import type { HistoryShares } from './history-shares.js';
import { Resource } from './resource.entity.js';
import { refuseUnpublishable } from './publishable.js';
import { Resources } from './resources.js';
import { Taken } from './taken.js';
import { within } from './within.js';

const INSERT_EVENT = `
  insert into config.events (position, stream, version, type, at, actor, data) values ($1, $2, $3, $4, $5, $6, $7)`;

const SAVE_STATE = `
  insert into config.aggregates as a (kind, id, version, position, created, created_at, at, deleted, tenant, groups, owner, name, links, state)
  values ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $11, $12, $13)
  on conflict (kind, id) do update set
    version = excluded.version, position = excluded.position, at = excluded.at, deleted = excluded.deleted, buried = false,
    created = case when a.deleted then excluded.created else a.created end,
    created_at = case when a.deleted then excluded.created_at else a.created_at end,
    tenant = excluded.tenant, groups = excluded.groups, owner = excluded.owner, name = excluded.name, links = excluded.links, state = excluded.state
  where a.version = $14
  returning version`;

/** Throws Fault `stale` if the caller has seen another version. */
export function requireVersion(kind: string, version: number, seen: Versions): void {
  if (seen === null || seen.includes(version)) return;
  if (seen === ABSENT) throw new Fault('stale', `this ${nounOf(kind)} is there already, and If-None-Match: * asks that it is not`);
  throw new Fault('stale', `this ${nounOf(kind)} is at version ${version} by now${seen.length ? `, not ${seen.join(' or ')}` : `: If-Match takes "${version}"`}`);
}

/** The reads and writes of one command. Nobody else writes until it ends. */
export class Transaction extends Resources {
  constructor(
    manager: EntityManager,
    caller: Principal,
    /** Epoch milliseconds; the time of everything in this transaction. */
    readonly at: number,
    /** Position of the last event before it. */
    private last: number,
    private readonly history?: HistoryShares,
  ) {
    super(manager, caller);
  }

  /** The data of its events. */
  readonly added: object[] = [];

  /** The position of the last event, including its own. */
  get position(): number {
    return this.last;
  }

  /**
   * The resource that a command is about to change. Throws Fault `not-found`, and `stale` if the caller has seen another version (RFC 9110
   * §13.1.1).
   */
  async current<S extends object>(aggregate: Aggregate<S>, id: string, ifMatch: Versions): Promise<Resource<S>> {
    const found = await this.get(aggregate, id);
    requireVersion(aggregate.kind, found.version, ifMatch);
    return found;
  }

  /** Throws Fault `conflict` if the id or the name is taken. */
  async create<S extends object>(aggregate: Aggregate<S>, id: string, state: S): Promise<Resource<S>> {
    const [former] = await this.manager.query<{ version: number; deleted: boolean }[]>('select version, deleted from config.aggregates where kind = $1 and id = $2', [aggregate.kind, id]);
    if (former && !former.deleted) throw new Fault('conflict', `${nounOf(aggregate.kind)} "${id}" exists already`, { existing: id });
    if (former && !aggregate.reusesIds) throw new Fault('conflict', `${nounOf(aggregate.kind)} "${id}" was deleted, and its id cannot be used again`);
    return this.#append(aggregate, id, former?.version ?? 0, null, [created(state)]);
  }

  /** Writes nothing if there are no changes. */
  append<S extends object>(aggregate: Aggregate<S>, { id, version, state }: Resource<S>, changes: readonly Change[]): Promise<Resource<S>> {
    return changes.length ? this.#append(aggregate, id, version, state, changes) : this.get(aggregate, id);
  }

  /** Throws Fault `in-use` if another resource depends on it; names those that the caller may see. */
  async delete<S extends object>(aggregate: Aggregate<S>, { id, version, state }: Resource<S>): Promise<void> {
    const stream = streamOf(aggregate.kind, id);
    const users = await this.#users(stream);
    const names = users.map((user) => `${user.kind} ${user.id}`);
    if (await this.isUsedByOthers(stream)) names.push('a resource that you may not see');
    if (names.length) throw new Fault('in-use', `this ${nounOf(aggregate.kind)} is used by ${names.join(', ')}`, { existing: users[0]?.id });
    await this.#append(aggregate, id, version, state, [deleted]);
  }

  /** At most `most` resources of a tenant, newest first. */
  ofTenant(tenant: string, most: number): Promise<Resource[]> {
    return this.manager.find(Resource, { where: { tenant }, order: { created: 'DESC' }, take: most });
  }

  async #append<S extends object>(aggregate: Aggregate<S>, id: string, expectedVersion: number, before: S | null, changes: readonly Change[]): Promise<Resource<S>> {
    // What is created is counted, so deletions are bounded by that.
    if (changes.some(({ type }) => type !== deleted.type)) this.history?.refuseBeyond(this.caller, performance.now());
    const at = new Date(this.at);
    const first = this.last + 1;
    let state = before;
    for (const [i, change] of changes.entries()) state = aggregate.evolve(state, { ...change, position: first + i, at: this.at });
    refuseUnpublishable(aggregate.kind, state, changes);
    this.last += changes.length;
    this.added.push(...changes.map(({ data }) => data));

    const version = expectedVersion + changes.length;
    const last = state ?? before;
    const index = last ? aggregate.index(last) : { tenant: null };
    const { tenant, groups = [], owner = null, name = null, links = [] } = index;
    const row = [aggregate.kind, id, version, this.last, first, at, state === null, tenant, groups, owner, name, links, state, expectedVersion];
    const saved = await this.manager.query<unknown[]>(SAVE_STATE, row).catch((error: unknown) => {
      throw Taken.by(error, aggregate, { ...index, externalId: (state as Keyed | null)?.externalId }) ?? error;
    });
    if (!saved.length) throw new Fault('conflict', `this ${nounOf(aggregate.kind)} was changed meanwhile`, { retriable: true });
    const stream = streamOf(aggregate.kind, id);
    for (const [i, { type, data }] of changes.entries()) await this.manager.query(INSERT_EVENT, [first + i, stream, expectedVersion + 1 + i, type, at, this.caller.id, data]);
    await this.manager.query('update config.head set position = $1', [this.last]);
    return (await this.manager.findOneBy(Resource<S>, { kind: aggregate.kind, id })) ?? Object.assign(new Resource<S>(), { kind: aggregate.kind, id, version, state: last });
  }

  #users(stream: string): Promise<Resource[]> {
    const where = within(this.caller).map((reach) => ({ links: ArrayContains([stream]), ...reach }));
    return this.manager.find(Resource, { where: where as FindOptionsWhere<Resource>[], order: { created: 'ASC' }, take: 10 });
  }
}
