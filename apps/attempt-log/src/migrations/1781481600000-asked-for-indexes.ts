import { buildIndex } from '@nuncio/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds what a caller asked for, and what an operation did. They have only rows that somebody asked for, which few are: an ordinary attempt adds nothing to them. */
export class AskedForIndexes1781481600000 implements MigrationInterface {
  transaction = false as const;

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const [name, table, on] of indexes) await buildIndex(queryRunner, { name, table: `log.${table}`, on });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const [name] of indexes) await queryRunner.query(`DROP INDEX log.${name}`);
  }
}

const indexes = [
  ['attempts_by_operation', 'attempts', '(operation, started_at) WHERE operation IS NOT NULL'],
  ['attempts_by_requester', 'attempts', '(requested_by, started_at) WHERE requested_by IS NOT NULL'],
  ['facts_by_operation', 'facts', '(operation, event_at, delivery) WHERE operation IS NOT NULL'],
  ['facts_by_requester', 'facts', '(requested_by, event_at, delivery) WHERE requested_by IS NOT NULL'],
] as const;
