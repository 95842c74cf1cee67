import { isFault } from '@nuncio/contracts';
import pg from 'pg';
import { DataSource, type DataSourceOptions, type EntityManager, type QueryRunner } from 'typeorm';
import { inLine } from './one-connection.js';
import { Pool } from './pool.js';
import { faultOf, isReadOnly, unavailable } from './unavailable.js';

type Work<T> = (tx: EntityManager) => Promise<T>;
type IsolationLevel = Parameters<EntityManager['transaction']>[0];
type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

/** In milliseconds. */
interface Limits {
  /** Keeps a process that hangs in a transaction from keeping its locks. */
  readonly idleInTransactionMs: number;
  /** The time limit of one statement, within a transaction or alone; null = the server's. */
  readonly statementMs: number | null;
  /** The time limit for waiting for a lock in a transaction; null = none. */
  readonly lockMs: number | null;
}

/**
 * A data source whose settings last only for a transaction (`SET LOCAL`). Settings of a connection, by `SET` or at connect, are refused by a pooler
 * that assigns server connections per transaction (PgBouncer), or reach other clients' transactions; so do advisory locks of a session. A transaction is `READ
 * COMMITTED` unless its caller asks for more, whatever the role has by default. Rejects with
 * Fault `unavailable` if PostgreSQL is away, and with Fault `timeout` if a statement takes too long.
 */
export class Database extends DataSource {
  readonly #begin: string;

  constructor(
    options: PostgresOptions,
    private readonly limits: Limits,
  ) {
    super({ ...options, driver: { ...pg, Pool } });
    const { idleInTransactionMs, statementMs, lockMs } = limits;
    const statement = statementMs === null ? '' : `; SET LOCAL statement_timeout = ${statementMs}`;
    const lock = lockMs === null ? '' : `; SET LOCAL lock_timeout = ${lockMs}`;
    this.#begin = `START TRANSACTION ISOLATION LEVEL READ COMMITTED; SET LOCAL idle_in_transaction_session_timeout = ${idleInTransactionMs}${statement}${lock}`;
  }

  /**
   * With a time limit, a single statement runs in a transaction. Statements that must not, and may take long (`… CONCURRENTLY`), use a query runner.
   */
  override query<T>(text: string, parameters?: unknown[], runner?: QueryRunner): Promise<T> {
    if (runner || this.limits.statementMs === null) return super.query<T>(text, parameters, runner);
    return this.transaction((tx) => tx.query<T>(text, parameters));
  }

  override transaction<T>(work: Work<T>): Promise<T>;
  override transaction<T>(isolation: IsolationLevel, work: Work<T>): Promise<T>;
  override transaction<T>(...args: [Work<T>] | [IsolationLevel, Work<T>]): Promise<T> {
    const [isolation, work] = args.length === 1 ? [undefined, args[0]] : args;
    const told = async (tx: EntityManager): Promise<T> => {
      try {
        return await work(tx);
      } catch (error) {
        // TypeORM releases a lost connection by itself, and then fails with a message of its own.
        throw tx.queryRunner?.isReleased && !isFault(error) ? unavailable(error) : error;
      }
    };
    return inLine((freed) => {
      const begun = (tx: EntityManager): Promise<T> => freed(() => told(tx));
      return isolation === undefined ? super.transaction(begun) : super.transaction(isolation, begun);
    });
  }

  /** Called when this server is read-only, since another one is the primary by now. No present connection is used again. */
  renew(): void {
    (this.driver as unknown as { master: Pool }).master.renew();
  }

  override createQueryRunner(mode?: 'master' | 'slave'): QueryRunner {
    const runner = super.createQueryRunner(mode);
    const query = runner.query.bind(runner) as (...args: unknown[]) => Promise<unknown>;
    const release = runner.release.bind(runner);
    let isGivenBack = false;
    runner.release = () => {
      isGivenBack = true;
      return release();
    };
    const told = async (text: string, ...rest: unknown[]): Promise<unknown> => {
      if (runner.isReleased && !isGivenBack) throw unavailable(new Error('the connection was lost'));
      try {
        return await query(text === 'START TRANSACTION' ? this.#begin : text, ...rest);
      } catch (error) {
        if (isReadOnly(error)) this.renew();
        throw faultOf(error) ?? error;
      }
    };
    return Object.assign(runner, { query: told });
  }
}
