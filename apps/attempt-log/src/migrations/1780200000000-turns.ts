import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Operations take turns between tenants, and pause when their requester has lost the permission. */
export class Turns1780200000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE log.operations
      ADD COLUMN worked_at timestamptz, -- when its last batch was sent
      ADD COLUMN reason    text         -- why it is paused, where nobody paused it`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE log.operations DROP COLUMN worked_at, DROP COLUMN reason');
  }
}
