import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which fact of a delivery is the last now follows from the facts alone, not from their place on the topic (ingest/standing.ts), and a delivered
 * delivery stays delivered. Older rows lack these columns; their values follow from the others (FORMER in ingest/upsert-deliveries.ts). `fact_offset`
 * is no longer written. Its value is below every offset, so that a replica of the former release can go on until it is replaced.
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
