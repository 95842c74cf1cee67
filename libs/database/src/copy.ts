import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { from } from 'pg-copy-streams';
import type { EntityManager } from 'typeorm';
import { Database } from './database.js';
import { faultOf, isReadOnly } from './unavailable.js';

/**
 * `COPY … FROM STDIN` within a transaction. Rejects with a Fault if PostgreSQL is away or takes too long, like any statement; otherwise with
 * PostgreSQL's own error (SQLSTATE in `code`). Then the transaction must be rolled back.
 */
export async function copyIn(tx: EntityManager, statement: string, bytes: Buffer): Promise<void> {
  if (!tx.queryRunner) throw new Error('COPY needs a transaction');
  const client = (await tx.queryRunner.connect()) as pg.PoolClient;
  try {
    const stream = client.query(from(statement));
    stream.end(bytes);
    await finished(stream);
  } catch (error) {
    if (isReadOnly(error) && tx.dataSource instanceof Database) tx.dataSource.renew();
    throw faultOf(error) ?? error;
  }
}
