import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Requests to authorization servers and their results, for the health of credentials and for charts. Never a token. */
export class TokenRequests1775088000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of tokenRequests) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE log.token_requests');
  }
}

const tokenRequests = [
  `CREATE TABLE log.token_requests (
     credential    text        NOT NULL,
     at            timestamptz NOT NULL,  -- of the answer
     partition     int         NOT NULL,  -- the fact's place on its topic
     record_offset bigint      NOT NULL,
     tenant        text        NOT NULL,
     version       bigint      NOT NULL,  -- of the credential: the position of its last change
     generation    bigint      NOT NULL,  -- of the token, or of the one that was to be
     reason        text        NOT NULL,  -- miss, refresh, refused, test
     outcome       text        NOT NULL,  -- token, or an error class
     http_status   int,
     code          text,                  -- error of RFC 6749
     duration_ms   real        NOT NULL,
     expires_at    timestamptz,           -- of the token
     scope         text,                  -- as granted
     paused_until  timestamptz,           -- nobody asks the server again before
     PRIMARY KEY (credential, at, partition, record_offset)
   ) PARTITION BY RANGE (at)`,
  'CREATE INDEX token_requests_by_tenant ON log.token_requests (tenant, at)',
  `COMMENT ON TABLE log.token_requests IS 'Every request to a token endpoint, once.'`,
];
