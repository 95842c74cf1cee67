import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The owners of callbacks and credentials: the last groups that configuration had for them. Those deleted before this table existed are visible only
 * to callers who see the whole tenant.
 */
export class Owners1780000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE TABLE log.owners (
      kind     text   NOT NULL,  -- callback, credential
      id       text   NOT NULL,
      tenant   text   NOT NULL,
      groups   text[] NOT NULL,  -- none = the whole tenant
      position bigint NOT NULL,  -- of the change that this is as of
      PRIMARY KEY (kind, id)
    )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE log.owners');
  }
}
