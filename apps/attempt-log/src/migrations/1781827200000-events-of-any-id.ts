import { BRIEFLY, buildIndex } from '@nuncio/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Finds events by their CloudEvents id, however long that is. A B-tree takes no value above 2,704 bytes, so that events with a longer id were not
 * stored; so it has the id's hash (query/filters/by-ce-id.ts). An index of the kind `hash` takes the longer to write the more events have the same id.
 */
export class EventsOfAnyId1781827200000 implements MigrationInterface {
  transaction = false as const;

  async up(queryRunner: QueryRunner): Promise<void> {
    await buildIndex(queryRunner, { name: 'events_by_ce_id_hash', table: 'log.events', on: '(hashtextextended(ce_id, 0))' });
    // The second one is of a state between releases.
    for (const former of ['events_by_ce_id', 'events_by_any_ce_id']) await queryRunner.query(`${BRIEFLY}; DROP INDEX IF EXISTS log.${former}`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('CREATE INDEX events_by_ce_id ON log.events (ce_id)');
    await queryRunner.query('DROP INDEX log.events_by_ce_id_hash');
  }
}
