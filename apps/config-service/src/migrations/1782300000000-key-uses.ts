import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When each API key was last used. */
export class KeyUses1782300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table config.key_uses (key text primary key, at timestamptz(3) not null)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table config.key_uses');
  }
}
