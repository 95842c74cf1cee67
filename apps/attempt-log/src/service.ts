import { neededDatabase } from '@nuncio/database';
import { KafkaServer, passOver } from '@nuncio/kafka';
import { bootstrap } from '@nuncio/service';
import { AppModule, kafkaSettings } from './app.module.js';
import { Config } from './config.js';
import { logDatabase } from './database.js';
import { FAILED_RECORDS, FAILED_RECORDS_GROUP } from './failed-records/failed-records.controller.js';
import { NOTICES, NOTICES_GROUP } from './notices/configuration-notices.controller.js';
import { GROUP, INGEST, IngestController } from './ingest/ingest.controller.js';

/** Larger and fewer fetches cost less, and the log has no latency target. */
const FETCH_BYTES = 262_144;
/** What is read again after a crash is stored once. */
const COMMIT_EVERY_MS = 1_000;

await bootstrap({
  name: 'attempt-log',
  config: Config,
  needs: (config) => [neededDatabase(logDatabase(config.DATABASE_URL))],
  module: (config, spans) => AppModule.with(config, spans),
  microservices: (app, config) => [
    new KafkaServer({
      kafka: kafkaSettings(config),
      group: GROUP,
      transportId: INGEST,
      minBytes: FETCH_BYTES,
      commitEveryMs: COMMIT_EVERY_MS,
      putAway: (batch, lost) => app.get(IngestController).putAway(batch, lost),
    }),
    new KafkaServer({ kafka: kafkaSettings(config), group: FAILED_RECORDS_GROUP, transportId: FAILED_RECORDS, putAway: passOver }),
    new KafkaServer({ kafka: kafkaSettings(config), group: NOTICES_GROUP, transportId: NOTICES, putAway: passOver }),
  ],
});
