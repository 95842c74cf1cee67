import { migrate } from '@nuncio/database';
import { loadConfig } from '@nuncio/service';
import { MigrateEnv } from './config.js';
import { logDatabase } from './database.js';

const { DATABASE_URL, LOG_DATABASE_ROLE } = await loadConfig(MigrateEnv);
const ran = await migrate(logDatabase(DATABASE_URL), LOG_DATABASE_ROLE);
console.log(ran.length ? `log: ran ${ran.join(', ')}` : 'log: up to date');
