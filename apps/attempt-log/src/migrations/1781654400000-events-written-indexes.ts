import { buildIndex } from '@nuncio/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds what was written after a place, for the live stream of events. */
export class EventsWrittenIndexes1781654400000 implements MigrationInterface {
  transaction = false as const;

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const table of tables) await buildIndex(queryRunner, { name: `${table}_by_writing`, table: `log.${table}`, on: '(written)' });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of tables) await queryRunner.query(`DROP INDEX log.${table}_by_writing`);
  }
}

const tables = ['events', 'unmatched'] as const;
