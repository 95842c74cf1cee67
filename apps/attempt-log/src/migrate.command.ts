import { migrateCommand } from '@nuncio/database';
import { waitForServer } from '@nuncio/kafka';
import { loadConfig } from '@nuncio/service';
import { MigrateEnv } from './config.js';
import { logDatabase } from './database.js';

/** The command that brings the schema up to date. Running it again changes nothing. */
const env = await loadConfig(MigrateEnv);
await migrateCommand({ options: logDatabase(env.LOG_DATABASE_URL ?? env.DATABASE_URL), role: env.LOG_DATABASE_ROLE, waitSeconds: env.MIGRATE_WAIT_SECONDS, waitForServer });
