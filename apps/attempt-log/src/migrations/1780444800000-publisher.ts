import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose key an event was published with is part of what makes its id (contracts' `eventId`), and travels on when it is sent again. Rows of before have nobody's. */
export class Publisher1780444800000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE log.events ADD COLUMN publisher text NOT NULL DEFAULT ''`);
    await queryRunner.query(`COMMENT ON COLUMN log.events.publisher IS 'The tenant of the key that it was published with; empty = a key without one, or Kafka.'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE log.events DROP COLUMN publisher');
  }
}
