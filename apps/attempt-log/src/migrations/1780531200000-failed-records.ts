import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The records of `quarantine` and `dead-letters`, to be read, searched and published again. */
export class FailedRecords1780531200000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE TABLE log.failed_records (
      kind             text        NOT NULL,  -- quarantine, dead-letter
      id               text        NOT NULL,  -- its place on its topic: partition-offset
      at               timestamptz NOT NULL,  -- when it was put there
      reason           text        NOT NULL,
      detail           text,
      topic            text,                  -- where it came from, as Kafka knows it; null = unknown
      origin_partition int,
      origin_offset    text,
      last_offset      text,                  -- of a batch that cannot be decoded
      original         json,                  -- how large it was, where it was cut
      key              bytea,
      headers          json        NOT NULL,  -- [[name, value in base64], …] but for those that we added
      value            bytea,                 -- of a dead letter its event has it
      value_bytes      int,                   -- null = it had no value
      event_id         text,                  -- as far as it can be read
      event_type       text,
      ce_id            text,
      ce_source        text,
      delivery         text,                  -- of a dead letter
      event_at         timestamptz,
      tenant           text,
      application      text,
      callback         text,
      subscription     text,
      republished_at   timestamptz,
      republished_by   text,
      PRIMARY KEY (kind, id, at)
    ) PARTITION BY RANGE (at)`);
    await queryRunner.query('CREATE INDEX failed_records_by_time ON log.failed_records (kind, at)');
    await queryRunner.query('CREATE INDEX failed_records_by_callback ON log.failed_records (callback, at) WHERE callback IS NOT NULL');
    await queryRunner.query('CREATE INDEX failed_records_by_tenant ON log.failed_records (tenant, at) WHERE tenant IS NOT NULL');
    await queryRunner.query(`COMMENT ON TABLE log.failed_records IS 'Records that went no further: in quarantine, and dead letters.'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE log.failed_records');
  }
}
