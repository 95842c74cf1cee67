import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Statistics by event type and HTTP status, of deliveries beside attempts. A delivery is counted as it stands, under the minute that its event was published in: a
 * trigger takes what it was before out of the count, and puts in what it is now, in the transaction that changes it. What there is already is counted once, here.
 */
export class Statistics1780617600000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [...attemptMinutes, ...deliveryMinutes, ...backlog]) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const name of ['time', 'tenant', 'callback']) await queryRunner.query(`DROP INDEX log.backlog_by_${name}`);
    for (const when of ['insert', 'update']) await queryRunner.query(`DROP TRIGGER count_${when} ON log.deliveries`);
    await queryRunner.query('DROP FUNCTION log.count_inserted(), log.count_updated()');
    await queryRunner.query('DROP TABLE log.delivery_minutes');
    await queryRunner.query('DROP TABLE log.attempt_minutes');
    await queryRunner.query('ALTER TABLE log.former_attempt_minutes RENAME TO attempt_minutes');
  }
}
