import { DatabaseUrl, migrateCommand } from '@nuncio/database';
import { MIGRATE_WAIT, waitForServer } from '@nuncio/kafka';
import { loadConfig } from '@nuncio/service';
import { z } from 'zod';
import { configDatabase } from './database.js';

/** The command that brings the schema up to date. Running it again changes nothing. */
const env = await loadConfig(z.object({ DATABASE_URL: DatabaseUrl, CONFIG_DATABASE_ROLE: z.string().optional(), MIGRATE_WAIT_SECONDS: MIGRATE_WAIT }));
await migrateCommand({ options: configDatabase(env.DATABASE_URL), role: env.CONFIG_DATABASE_ROLE, waitSeconds: env.MIGRATE_WAIT_SECONDS, waitForServer });
