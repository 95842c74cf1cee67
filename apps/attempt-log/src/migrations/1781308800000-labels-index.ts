import { buildIndex } from '@nuncio/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds the callbacks and credentials that have a label. */
export class LabelsIndex1781308800000 implements MigrationInterface {
  transaction = false as const;

  async up(queryRunner: QueryRunner): Promise<void> {
    await buildIndex(queryRunner, { name: 'owners_by_label', table: 'log.owners', on: 'USING gin (labels jsonb_path_ops)' });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX log.owners_by_label');
  }
}
