import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Counts a delivery as `dropped` if an operation sent it and a dispatcher dropped it, since another attempt was ahead.
 * Until now it stayed `open`.
 */
export class Dropped1781049600000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE log.redelivered ADD COLUMN dropped int'); // the highest number that was dropped
    for (const statement of counting(`CASE WHEN outcome IN ('pending', 'held') AND dropped > attempts THEN 'dropped' ELSE outcome END`)) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of counting('outcome')) await queryRunner.query(statement);
    await queryRunner.query('ALTER TABLE log.redelivered DROP COLUMN dropped');
  }
}

/** The same lock as that of the triggers before. */
const OUTCOME_LOCK = 7_303_017;

const count = (rows: string): string => `BEGIN
  IF NOT EXISTS (SELECT FROM present) THEN RETURN NULL; END IF;
  PERFORM pg_advisory_xact_lock(${OUTCOME_LOCK});
  INSERT INTO log.operation_outcomes AS o (operation, outcome, deliveries)
  SELECT operation, outcome, sum(n) FROM (${rows}) r GROUP BY operation, outcome HAVING sum(n) <> 0 ORDER BY operation, outcome
  ON CONFLICT (operation, outcome) DO UPDATE SET deliveries = o.deliveries + excluded.deliveries;
  RETURN NULL;
END`;

/** The functions of the triggers. `outcome`: SQL of what a row counts as. */
const counting = (outcome: string): string[] => {
  const rows = (table: 'present' | 'former', n: 1 | -1): string => `SELECT operation, ${outcome} AS outcome, ${n} AS n FROM ${table}`;
  return [
    `CREATE OR REPLACE FUNCTION log.count_redelivered() RETURNS trigger LANGUAGE plpgsql AS $$ ${count(rows('present', 1))} $$`,
    `CREATE OR REPLACE FUNCTION log.count_turned() RETURNS trigger LANGUAGE plpgsql AS $$ ${count(`${rows('present', 1)} UNION ALL ${rows('former', -1)}`)} $$`,
  ];
};
