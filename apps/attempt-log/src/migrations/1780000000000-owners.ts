import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose callbacks and credentials are, or were: the last groups that configuration had for them. What was deleted before this table is known to who sees the whole tenant. */
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
