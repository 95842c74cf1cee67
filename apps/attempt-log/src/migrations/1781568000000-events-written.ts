import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The transaction that wrote an event, and the one that found that nobody gets it, for the live stream of events. Null in rows from before: they are no news. The default comes after
 * the column, so that no row is gone through.
 */
export class EventsWritten1781568000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const table of tables) {
      await queryRunner.query(`ALTER TABLE log.${table} ADD COLUMN written xid8`);
      await queryRunner.query(`ALTER TABLE log.${table} ALTER COLUMN written SET DEFAULT pg_current_xact_id()`);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of tables) await queryRunner.query(`ALTER TABLE log.${table} DROP COLUMN written`);
  }
}

const tables = ['events', 'unmatched'] as const;
