import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The indexes that lead a search (query/lead.ts): one filter, then time. They leave out ids, which only break ties within a millisecond and would
 * double the size. People mostly look for what was not delivered, and there is little of it, so it has small indexes of its own.
 */
export class SearchIndexes1775174400000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const name of former) await queryRunner.query(`DROP INDEX log.${name}`);
    for (const statement of present) await queryRunner.query(`CREATE INDEX ${statement}`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of present) await queryRunner.query(`DROP INDEX log.${statement.slice(0, statement.indexOf(' '))}`);
    for (const table of ['attempts', 'deliveries']) {
      const at = table === 'attempts' ? 'started_at' : 'event_at';
      await queryRunner.query(`CREATE INDEX ${table}_by_time ON log.${table} (${at}, id)`);
      for (const column of ['tenant', 'callback']) await queryRunner.query(`CREATE INDEX ${table}_by_${column} ON log.${table} (${column}, ${at}, id)`);
    }
    await queryRunner.query(`CREATE INDEX deliveries_lost ON log.deliveries (callback, event_at, id) WHERE status IN ('failed', 'expired')`);
  }
}

const former = [
  'attempts_by_time',
  'attempts_by_tenant',
  'attempts_by_callback',
  'deliveries_by_time',
  'deliveries_by_tenant',
  'deliveries_by_callback',
  'deliveries_lost', // troubled_by_callback has it
];

const present = [
  'attempts_by_time ON log.attempts (started_at)',
  'attempts_by_tenant ON log.attempts (tenant, started_at)',
  'attempts_by_callback ON log.attempts (callback, started_at)',
  `failed_by_time ON log.attempts (started_at) WHERE outcome = 'failed'`,
  `failed_by_tenant ON log.attempts (tenant, started_at) WHERE outcome = 'failed'`,
  `failed_by_callback ON log.attempts (callback, started_at) WHERE outcome = 'failed'`,
  'deliveries_by_time ON log.deliveries (event_at)',
  'deliveries_by_tenant ON log.deliveries (tenant, event_at)',
  'deliveries_by_callback ON log.deliveries (callback, event_at)',
  `troubled_by_time ON log.deliveries (event_at) WHERE status <> 'delivered' OR error_class IS NOT NULL`,
  `troubled_by_tenant ON log.deliveries (tenant, event_at) WHERE status <> 'delivered' OR error_class IS NOT NULL`,
  `troubled_by_callback ON log.deliveries (callback, event_at) WHERE status <> 'delivered' OR error_class IS NOT NULL`,
];
