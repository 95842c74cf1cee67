import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Transactions that count deliveries do so one after another. A statement that inserts some rows and updates others counts twice, so two of them
 * could deadlock on each other's minutes. The lock is taken after all rows are written, and no later lock is waited for.
 */
export class CountsInTurn1780710000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const name of ['count_inserted', 'count_updated'])
      await queryRunner.query(`DO $$ BEGIN
        EXECUTE replace(pg_get_functiondef('log.${name}'::regproc), 'BEGIN', 'BEGIN ${IN_TURN}');
      END $$`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const name of ['count_inserted', 'count_updated'])
      await queryRunner.query(`DO $$ BEGIN
        EXECUTE replace(pg_get_functiondef('log.${name}'::regproc), '${IN_TURN}', '');
      END $$`);
  }
}

/** Any number that no other lock uses. */
const COUNT_LOCK = 7_303_016;
const IN_TURN = `IF EXISTS (SELECT FROM present) THEN PERFORM pg_advisory_xact_lock(${COUNT_LOCK}); END IF;`;
