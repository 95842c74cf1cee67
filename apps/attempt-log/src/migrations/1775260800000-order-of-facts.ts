import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which fact of a delivery is the last follows from the facts alone, no longer from where they lie on the topic (ingest/standing.ts), and what was delivered stays
 * so. Rows of before have none of these columns; what they would say follows from the others (FORMER in ingest/upsert-deliveries.ts). `fact_offset` is not
 * written any more: below every offset, it lets a replica of before go on until it is replaced.
 */
export class OrderOfFacts1775260800000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE log.deliveries
      ADD COLUMN untried          boolean,      -- the last fact is no attempt: it is about the number that comes next
      ADD COLUMN delivered_number int,          -- of the first success
      ADD COLUMN delivered_at     timestamptz,
      ADD COLUMN last_number      int,          -- of the last attempt
      ALTER COLUMN fact_offset SET DEFAULT -1`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE log.deliveries
      DROP COLUMN untried, DROP COLUMN delivered_number, DROP COLUMN delivered_at, DROP COLUMN last_number, ALTER COLUMN fact_offset DROP DEFAULT`);
  }
}
