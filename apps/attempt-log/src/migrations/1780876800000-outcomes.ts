import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The results of operations. Facts name the operation, each of its deliveries has a row, and triggers count the rows by outcome. So showing an
 * operation reads a handful of rows, however many deliveries it sent.
 */
export class Outcomes1780876800000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of outcomes) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE log.redelivered');
    await queryRunner.query('DROP FUNCTION log.count_redelivered(), log.count_turned()');
    await queryRunner.query('DROP TABLE log.operation_outcomes');
    await queryRunner.query('ALTER TABLE log.operations DROP COLUMN version');
  }
}

/** Any number that no other lock uses. Transactions count one after another: two that insert some rows and update others could deadlock. */
const OUTCOME_LOCK = 7_303_017;

const COUNT = (rows: string): string => `PERFORM pg_advisory_xact_lock(${OUTCOME_LOCK});
  INSERT INTO log.operation_outcomes AS o (operation, outcome, deliveries)
  SELECT operation, outcome, sum(n) FROM (${rows}) r GROUP BY operation, outcome HAVING sum(n) <> 0 ORDER BY operation, outcome
  ON CONFLICT (operation, outcome) DO UPDATE SET deliveries = o.deliveries + excluded.deliveries;
  RETURN NULL;`;

const outcomes = [
  `CREATE TABLE log.redelivered (
     delivery  text        NOT NULL,
     event_at  timestamptz NOT NULL,  -- of the event's record
     operation text        NOT NULL,
     outcome   text        NOT NULL,  -- delivered, failed, pending, held, parked, canceled, skipped, expired: as the last fact has it that names the operation
     attempts  int         NOT NULL,  -- its place among them, like that of log.deliveries
     untried   boolean     NOT NULL,
     at        timestamptz NOT NULL,
     PRIMARY KEY (delivery, event_at, operation)
   ) PARTITION BY RANGE (event_at)`,
  `COMMENT ON TABLE log.redelivered IS 'What became of what operations brought back.'`,
  `CREATE TABLE log.operation_outcomes (
     operation  text   NOT NULL,
     outcome    text   NOT NULL,
     deliveries bigint NOT NULL,
     PRIMARY KEY (operation, outcome)
   )`,
  `COMMENT ON TABLE log.operation_outcomes IS 'The same, counted; it stays when its deliveries are dropped.'`,
  `CREATE FUNCTION log.count_redelivered() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     IF NOT EXISTS (SELECT FROM present) THEN RETURN NULL; END IF;
     ${COUNT('SELECT operation, outcome, 1 AS n FROM present')}
   END $$`,
  `CREATE FUNCTION log.count_turned() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     IF NOT EXISTS (SELECT FROM present) THEN RETURN NULL; END IF;
     ${COUNT('SELECT operation, outcome, 1 AS n FROM present UNION ALL SELECT operation, outcome, -1 FROM former')}
   END $$`,
  'CREATE TRIGGER count_insert AFTER INSERT ON log.redelivered REFERENCING NEW TABLE AS present FOR EACH STATEMENT EXECUTE FUNCTION log.count_redelivered()',
  'CREATE TRIGGER count_update AFTER UPDATE ON log.redelivered REFERENCING NEW TABLE AS present OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION log.count_turned()',
  'ALTER TABLE log.operations ADD COLUMN version int NOT NULL DEFAULT 1', // grows with each change of its state
];
