import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Requests with an `Idempotency-Key`, for 24 hours. */
export class IdempotentRequests1780300000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE TABLE log.idempotent_requests (
      caller    text        NOT NULL,
      route     text        NOT NULL,
      key       text        NOT NULL,
      body_hash text        NOT NULL,  -- keyed
      answer    json,                  -- null = still running
      at        timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (caller, route, key)
    )`);
    await queryRunner.query('CREATE INDEX idempotent_requests_at ON log.idempotent_requests (at)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE log.idempotent_requests');
  }
}
