import { BRIEFLY, buildIndex } from '@nuncio/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds events by their CloudEvents id, however long that is. A B-tree takes no value above 2,704 bytes, so that events with a longer id were not stored. */
export class EventsOfAnyId1781740800000 implements MigrationInterface {
  transaction = false as const;

  async up(queryRunner: QueryRunner): Promise<void> {
    await buildIndex(queryRunner, { name: 'events_by_any_ce_id', table: 'log.events', on: 'USING hash (ce_id)' });
    await queryRunner.query(`${BRIEFLY}; DROP INDEX IF EXISTS log.events_by_ce_id`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('CREATE INDEX events_by_ce_id ON log.events (ce_id)');
    await queryRunner.query('DROP INDEX log.events_by_any_ce_id');
  }
}
