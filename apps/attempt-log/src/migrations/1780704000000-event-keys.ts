import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What events are found by besides their ids: their subject, their extension attributes, and each tenant that they name without a delivery
 * (query/events/event-key.ts). Events from before have no keys; nor have events written by a replica of the former release.
 */
export class EventKeys1780704000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE TABLE log.event_keys (
      key      bigint      NOT NULL,  -- hash of a name and a value
      event_at timestamptz NOT NULL,  -- of the event's record
      event_id text        NOT NULL,
      PRIMARY KEY (key, event_at, event_id)
    ) PARTITION BY RANGE (event_at)`);
    await queryRunner.query(`COMMENT ON TABLE log.event_keys IS 'Events by their subject and extension attributes, and those that nobody gets by the tenants they name.'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE log.event_keys');
  }
}
