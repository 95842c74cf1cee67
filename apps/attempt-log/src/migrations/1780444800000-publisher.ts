import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The tenant of the key that an event was published with. It is part of the event's id (contracts' `eventId`), and goes along when the event is sent
 * again. Older rows have none.
 */
export class Publisher1780444800000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE log.events ADD COLUMN publisher text NOT NULL DEFAULT ''`);
    await queryRunner.query(`COMMENT ON COLUMN log.events.publisher IS 'The tenant of the key that it was published with; empty = a key without one, or Kafka.'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE log.events DROP COLUMN publisher');
  }
}
