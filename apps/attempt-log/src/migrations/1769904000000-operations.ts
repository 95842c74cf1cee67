import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Bulk operations: what to send again, how far that is, and how fast it may go. */
export class Operations1769904000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of operations) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX log.deliveries_lost');
    await queryRunner.query('DROP TABLE log.operations');
  }
}

const operations = [
  `CREATE TABLE log.operations (
     id           text        NOT NULL PRIMARY KEY,  -- op_…
     kind         text        NOT NULL,              -- recover, replay
     state        text        NOT NULL,              -- running, paused, canceled, done
     requested_by jsonb       NOT NULL,              -- who: id, role, tenant, groups; its reach is looked up anew for every batch
     callback     text,                              -- the only one that it sends to; null = any
     selection    json        NOT NULL,              -- which deliveries, or which events for which subscription
     per_second   real        NOT NULL,
     total        int         NOT NULL,              -- how many there were at the beginning
     sent         int         NOT NULL DEFAULT 0,
     created_at   timestamptz NOT NULL,              -- what has changed since then is passed over
     updated_at   timestamptz NOT NULL,
     due_at       timestamptz NOT NULL,              -- of the next batch
     position_at  timestamptz,                       -- everything up to (position_at, position_id) is done
     position_id  text
   )`,
  `CREATE INDEX operations_running ON log.operations (created_at) WHERE state = 'running'`,
  'CREATE INDEX operations_by_time ON log.operations (created_at, id)',
  // Few of a callback's deliveries can be recovered.
  `CREATE INDEX deliveries_lost ON log.deliveries (callback, event_at, id) WHERE status IN ('failed', 'expired')`,
];
