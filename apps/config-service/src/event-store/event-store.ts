import { Fault, type Principal } from '@nuncio/contracts';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { InFlight, somethingIsDone } from '@nuncio/service';
import { DataSource, QueryFailedError, type EntityManager } from 'typeorm';
import { Resources } from './resources.js';
import { Taken } from './taken.js';
import { Transaction } from './transaction.js';

/** For injection: the connections of writers, apart from those of readers. */
export const WRITERS = Symbol('Writers');

/** Of one tenant: writers stand in one line, and no tenant may be all of it. */
const WRITES_AT_ONCE = 4;

/** What Nuncio does by itself is recorded under this name. */
export const nuncio: Principal = { id: 'nuncio', role: 'admin', tenant: null, groups: [] };

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const NOT_IN_REPERTOIRE = '22021';
const UNTRANSLATABLE = '22P05';

/**
 * The append-only store of configuration events and the states that follow from them.
 *
 * Writers stand in line: a command locks the one row of `config.head` before it reads anything, and gives the lock back by committing. So positions are
 * handed out in commit order and without a gap (a sequence promises neither), whoever reads up to a position has everything before it, and what a decision
 * read (a name that is free, a reference that exists) is still so when it is written. Configuration changes a few times a second at most, and a command
 * holds the lock for milliseconds: whatever waits for somebody else's server happens before it or after it.
 */
@Injectable()
export class EventStore {
  readonly #listeners = new Set<() => void>();
  readonly #inFlight = new InFlight(WRITES_AT_ONCE, 'changes');
  readonly #writers: DataSource;
  #committed = 0;

  /** `writers`: a pool of its own for those who stand in line, so that whoever reads, or proves who they are, never waits for a connection that waits for the lock. */
  constructor(
    private readonly database: DataSource,
    @Optional() @Inject(WRITERS) writers?: DataSource,
  ) {
    this.#writers = writers ?? database;
  }

  read(caller: Principal): Resources {
    return new Resources(this.database.manager, caller);
  }

  /** All of `work` or nothing; its faults come through. Throws Fault `too-many-requests` where the caller's tenant has its share under way. */
  async transact<T>(caller: Principal, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const result = await this.#inFlight.count(caller, () => this.#inLine(caller, work));
    for (const listener of this.#listeners) listener();
    return result;
  }

  /** What `work` would come to: all of it is taken back. Its faults come through. */
  async rehearse<T>(caller: Principal, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const rehearsed = this.transact(caller, async (transaction) => {
      throw new Rehearsed(await work(transaction));
    });
    return rehearsed.catch((error: unknown) => {
      if (error instanceof Rehearsed) return error.result as T;
      throw error;
    });
  }

  /** Long work that a write needs first, outside of the line. It counts as a write of the caller's. */
  prepare<T>(caller: Principal, work: () => Promise<T>): Promise<T> {
    return this.#inFlight.count(caller, work);
  }

  #inLine<T>(caller: Principal, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#writers
      .transaction(async (manager) => {
        const [head] = await manager.query<{ position: string }[]>('select position from config.head for update');
        const before = Number(head?.position);
        const transaction = new Transaction(manager, caller, Date.now(), before);
        const result = await work(transaction);
        if (transaction.position > before) await somethingIsDone(manager);
        return { result, position: transaction.position };
      })
      .then(
        ({ result, position }) => {
          this.#committed = Math.max(this.#committed, position);
          return result;
        },
        async (error: unknown) => {
          throw error instanceof Taken ? await this.#conflict(caller, error) : (refusal(error) ?? error);
        },
      );
  }

  /** Names what is there, where it is the caller's. */
  async #conflict(caller: Principal, { aggregate, field, index }: Taken): Promise<Fault> {
    const found = await this.read(caller).taking(aggregate, field, index);
    const detail = field === 'name' ? 'there is one of this name already' : `there is a ${aggregate.kind} of this external id already`;
    return new Fault('conflict', detail, { errors: [{ pointer: `/${field}`, code: 'taken', detail: 'is taken' }], existing: found?.id });
  }

  /** The position of the last event that this process knows to be committed; 0 = it has written nothing so far. */
  get committed(): number {
    return this.#committed;
  }

  /** Nobody writes while `work` runs, be it long; `head` is the position of the last event. */
  standstill<T>(work: (manager: EntityManager, head: number) => Promise<T>): Promise<T> {
    return this.database.transaction(async (manager) => {
      const [head] = await manager.query<{ position: string }[]>('select position from config.head for update');
      return work(manager, Number(head?.position));
    });
  }

  /** Of the last event: who has seen it has seen everything. */
  async position(): Promise<number> {
    const [head] = await this.database.query<{ position: string }[]>('select position from config.head');
    return Number(head?.position);
  }

  /** Called after every commit in this process. */
  onCommit(listener: () => void): void {
    this.#listeners.add(listener);
  }
}

/** Carries a result out of a transaction that is taken back. */
class Rehearsed extends Error {
  constructor(readonly result: unknown) {
    super('a rehearsal is taken back');
  }
}

/** What the database refuses on account of the request; null = it is our own fault. */
function refusal(error: unknown): Fault | null {
  if (!(error instanceof QueryFailedError)) return null;
  const { code } = error.driverError as { code?: string };
  if (code === NOT_IN_REPERTOIRE || code === UNTRANSLATABLE) return new Fault('invalid', 'a text contains a character that cannot be stored, such as NUL');
  return null;
}
