import { Fault, type Principal } from '@nuncio/contracts';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { InFlight, somethingIsDone } from '@nuncio/service';
import { DataSource, QueryFailedError, type EntityManager } from 'typeorm';
import { nounOf } from '../faults.js';
import { HistoryShares } from './history-shares.js';
import { Resources } from './resources.js';
import { Taken } from './taken.js';
import { Transaction } from './transaction.js';

/** Injection token of the writers' connection pool, apart from that of readers. */
export const WRITERS = Symbol('Writers');

/** Per tenant. Writers wait in one queue, and no tenant may fill it. */
const WRITES_AT_ONCE = 4;

/** The actor of changes that Nuncio makes by itself. */
export const nuncio: Principal = { id: 'nuncio', role: 'admin', tenant: null, groups: [] };

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const NOT_IN_REPERTOIRE = '22021';
const UNTRANSLATABLE = '22P05';

/**
 * The append-only store of configuration events, and the states that follow from them. Writers take turns: a command locks the single row of
 * `config.head` before it reads anything, and releases it by committing. So positions are given in commit order without gaps, which a sequence does
 * not promise. Whoever has read up to a position has everything before it. And what a decision has read (a name is free, a reference exists) still
 * holds when it is written. Configuration changes a few times a second at most, and a command holds the lock for milliseconds. Anything that waits
 * for another server happens outside of the lock.
 */
@Injectable()
export class EventStore {
  readonly #listeners = new Set<() => void>();
  readonly #inFlight = new InFlight(WRITES_AT_ONCE, 'changes');
  readonly #writers: DataSource;
  #committed = 0;

  /** `writers`: a pool of its own for writers. Reads and authentication then never wait for a connection that waits for the lock. */
  constructor(
    private readonly database: DataSource,
    @Optional() @Inject(WRITERS) writers?: DataSource,
    @Optional() private readonly history = new HistoryShares(),
  ) {
    this.#writers = writers ?? database;
  }

  read(caller: Principal): Resources {
    return new Resources(this.database.manager, caller);
  }

  /**
   * Commits all of `work` or nothing. Its faults are thrown. Throws Fault `too-many-requests` if the caller's tenant has too many writes in progress,
   * or has added its share to the history.
   */
  async transact<T>(caller: Principal, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const result = await this.#inFlight.count(caller, () => this.#inLine(caller, work));
    for (const listener of this.#listeners) listener();
    return result;
  }

  /** The result that `work` would have; everything it did is rolled back. Its faults are thrown. */
  async rehearse<T>(caller: Principal, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const rehearsed = this.transact(caller, async (transaction) => {
      throw new Rehearsed(await work(transaction));
    });
    return rehearsed.catch((error: unknown) => {
      if (error instanceof Rehearsed) return error.result as T;
      throw error;
    });
  }

  /** Long work that a write needs first, done without the lock. It counts as one of the caller's writes. */
  prepare<T>(caller: Principal, work: () => Promise<T>): Promise<T> {
    return this.#inFlight.count(caller, work);
  }

  #inLine<T>(caller: Principal, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#writers
      .transaction(async (manager) => {
        const [head] = await manager.query<{ position: string }[]>('select position from config.head for update');
        const before = Number(head?.position);
        const transaction = new Transaction(manager, caller, Date.now(), before, this.history);
        const result = await work(transaction);
        if (transaction.position > before) await somethingIsDone(manager);
        return { result, position: transaction.position, added: transaction.added };
      })
      .then(
        ({ result, position, added }) => {
          this.history.charge(caller, added, performance.now());
          this.#committed = Math.max(this.#committed, position);
          return result;
        },
        async (error: unknown) => {
          throw error instanceof Taken ? await this.#conflict(caller, error) : (refusal(error) ?? error);
        },
      );
  }

  /** Names the existing resource, if the caller may see it. */
  async #conflict(caller: Principal, { aggregate, field, index }: Taken): Promise<Fault> {
    const found = await this.read(caller).taking(aggregate, field, index);
    const detail = `another ${nounOf(aggregate.kind)} has this ${field === 'name' ? 'name' : 'external id'} already`;
    return new Fault('conflict', detail, { errors: [{ pointer: `/${field}`, code: 'taken', detail: 'is taken' }], existing: found?.id });
  }

  /** The position of the last event that this process has committed; 0 = none yet. */
  get committed(): number {
    return this.#committed;
  }

  /** Runs `work`, which may take long, while nobody else can write. `head`: the position of the last event. */
  standstill<T>(work: (manager: EntityManager, head: number) => Promise<T>): Promise<T> {
    return this.database.transaction(async (manager) => {
      const [head] = await manager.query<{ position: string }[]>('select position from config.head for update');
      return work(manager, Number(head?.position));
    });
  }

  /** The position of the last event. */
  async position(): Promise<number> {
    const [head] = await this.database.query<{ position: string }[]>('select position from config.head');
    return Number(head?.position);
  }

  /** The listener is called after every commit of this process. */
  onCommit(listener: () => void): void {
    this.#listeners.add(listener);
  }
}

/** Carries the result out of a transaction that is rolled back. */
class Rehearsed extends Error {
  constructor(readonly result: unknown) {
    super('a rehearsal is rolled back');
  }
}

/** The fault if the database refused the request's content; null = the error is ours. */
function refusal(error: unknown): Fault | null {
  if (!(error instanceof QueryFailedError)) return null;
  const { code } = error.driverError as { code?: string };
  if (code === NOT_IN_REPERTOIRE || code === UNTRANSLATABLE) return new Fault('invalid', 'a text contains a character that cannot be stored, such as NUL');
  return null;
}
