import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The log: events, their deliveries, and every HTTP attempt. All tables are partitioned by day (UTC), and retention drops a whole day. Every
 * time in a partition key is part of the fact, so that a fact that is read again finds the same row.
 */
export class InitialSchema1767225600000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('CREATE SCHEMA IF NOT EXISTS log');
    for (const statement of [events, unmatched, deliveries, attempts].flat()) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE log.attempts, log.deliveries, log.unmatched, log.events');
  }
}

const events = [
  `CREATE TABLE log.events (
     id            text        NOT NULL,  -- evt_…, derived from (ce_source, ce_id)
     event_at      timestamptz NOT NULL,  -- when its record was appended
     ce_id         text        NOT NULL,
     ce_source     text        NOT NULL,
     event_type    text        NOT NULL,
     attributes    json        NOT NULL,  -- all CloudEvents context attributes, by name
     content_type  text,                  -- of the payload; null = not said
     payload       bytea       NOT NULL,  -- as published, byte for byte
     partition     int         NOT NULL,  -- the record's place on the topic
     record_offset bigint      NOT NULL,
     PRIMARY KEY (id, event_at)
   ) PARTITION BY RANGE (event_at)`,
  'CREATE INDEX events_by_time ON log.events (event_at, id)',
  'CREATE INDEX events_by_ce_id ON log.events (ce_id)',
  `COMMENT ON TABLE log.events IS 'Every readable record of the topic events. An event published twice has two rows, of which the first one is shown.'`,
];

const unmatched = [
  `CREATE TABLE log.unmatched (
     event_id text        NOT NULL,
     event_at timestamptz NOT NULL,
     reason   text        NOT NULL,  -- no-subscription, unknown-type, no-tenant
     PRIMARY KEY (event_id, event_at)
   ) PARTITION BY RANGE (event_at)`,
  `COMMENT ON TABLE log.unmatched IS 'Events that came to no delivery. A table of its own, since the fact may be read before its event.'`,
];

const deliveries = [
  `CREATE TABLE log.deliveries (
     id               text        NOT NULL,  -- dlv_…, derived from (event, subscription)
     event_at         timestamptz NOT NULL,  -- of the event's record
     event_id         text        NOT NULL,
     event_type       text        NOT NULL,
     ce_id            text        NOT NULL,
     ce_source        text        NOT NULL,
     tenant           text        NOT NULL,
     application      text        NOT NULL,
     callback         text        NOT NULL,
     subscription     text        NOT NULL,
     -- as the last fact has it
     status           text        NOT NULL,  -- pending, delivered, failed, parked, held, canceled, skipped, expired
     next_at          timestamptz,           -- pending: when the next attempt is due
     reason           text,                  -- why parked, held, skipped, canceled, expired
     parked_position  bigint,                -- goes out once its subscription is activated at a later position
     updated_at       timestamptz NOT NULL,
     fact_offset      bigint      NOT NULL,  -- of the last fact; all facts of a delivery are in one partition, in order
     -- as the last attempt has it
     attempts         int         NOT NULL,  -- highest number so far; 0 = none
     first_attempt_at timestamptz,
     last_attempt_at  timestamptz,
     last_attempt     text,
     response_status  int,
     error_class      text,
     -- set by the log itself
     released_at      bigint,                -- position of the activation that what was parked here was last sent for
     PRIMARY KEY (id, event_at)
   ) PARTITION BY RANGE (event_at)`,
  'CREATE INDEX deliveries_by_time ON log.deliveries (event_at, id)',
  'CREATE INDEX deliveries_by_tenant ON log.deliveries (tenant, event_at, id)',
  'CREATE INDEX deliveries_by_callback ON log.deliveries (callback, event_at, id)',
  'CREATE INDEX deliveries_by_event ON log.deliveries (event_id)',
  `CREATE INDEX deliveries_parked ON log.deliveries (subscription, event_at, id) WHERE status = 'parked'`,
  `COMMENT ON TABLE log.deliveries IS 'One event for one subscription: where it stands.'`,
];

const attempts = [
  `CREATE TABLE log.attempts (
     id              text        NOT NULL,  -- att_…
     started_at      timestamptz NOT NULL,
     delivery        text        NOT NULL,
     event_id        text        NOT NULL,
     event_type      text        NOT NULL,
     tenant          text        NOT NULL,
     application     text        NOT NULL,
     callback        text        NOT NULL,
     subscription    text        NOT NULL,
     outcome         text        NOT NULL,  -- delivered, failed
     response_status int,
     error_class     text,
     fact            json        NOT NULL,  -- the whole of it, as published: request (redacted), response, timings, what follows
     PRIMARY KEY (id, started_at)
   ) PARTITION BY RANGE (started_at)`,
  'CREATE INDEX attempts_by_time ON log.attempts (started_at, id)',
  'CREATE INDEX attempts_by_tenant ON log.attempts (tenant, started_at, id)',
  'CREATE INDEX attempts_by_callback ON log.attempts (callback, started_at, id)',
  'CREATE INDEX attempts_by_delivery ON log.attempts (delivery)',
  `COMMENT ON TABLE log.attempts IS 'Every HTTP try of a delivery, once.'`,
];
