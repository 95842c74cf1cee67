import { BRIEFLY, buildIndex } from '@nuncio/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Indexes of tables that are large by now, built while the log goes on being written. */
export class IndexesBesideWriters1781222400000 implements MigrationInterface {
  transaction = false as const;

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const [name, table, on] of indexes) await buildIndex(queryRunner, { name, table: `log.${table}`, on });
    // parked_by_subscription has it.
    await queryRunner.query(`${BRIEFLY}; DROP INDEX IF EXISTS log.deliveries_parked`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE INDEX deliveries_parked ON log.deliveries (subscription, event_at, id) WHERE status = 'parked'`);
    for (const [name] of indexes) await queryRunner.query(`DROP INDEX log.${name}`);
  }
}

const IS_WAITING = `WHERE status IN ('pending', 'held', 'parked')`;
const indexes = [
  ['parked_by_subscription', 'deliveries', `(subscription, event_at, id) WHERE status = 'parked' OR parked_position IS NOT NULL`],
  ['deliveries_waiting', 'deliveries', `(callback, next_at) WHERE status IN ('pending', 'held')`],
  // What waits, the oldest first, and when it is due.
  ['backlog_by_time', 'deliveries', `(status, event_at) INCLUDE (next_at, callback) ${IS_WAITING}`],
  ['backlog_by_tenant', 'deliveries', `(tenant, status, event_at) INCLUDE (next_at, callback) ${IS_WAITING}`],
  ['backlog_by_callback', 'deliveries', `(callback, status, event_at) INCLUDE (next_at) ${IS_WAITING}`],
  ['unmatched_by_time', 'unmatched', '(event_at)'],
  ['unmatched_by_reason', 'unmatched', '(reason, event_at)'],
] as const;
