import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The order in which rows became visible, for live streams. `started_at` does not give it: a row may be written long afterwards, by any replica.
 * Every transaction below `pg_snapshot_xmin(pg_current_snapshot())` is committed or rolled back, so a reader that has come so far has missed nothing.
 */
export class Written1775001600000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['attempts', 'deliveries']) {
      await queryRunner.query(`ALTER TABLE log.${table} ADD COLUMN written xid8 NOT NULL DEFAULT pg_current_xact_id()`); // the last transaction that wrote it
      await queryRunner.query(`CREATE INDEX ${table}_by_writing ON log.${table} (written)`);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['attempts', 'deliveries']) await queryRunner.query(`ALTER TABLE log.${table} DROP COLUMN written`);
  }
}
