import { DatabaseUrl, migrate } from '@nuncio/database';
import { loadConfig } from '@nuncio/service';
import { z } from 'zod';
import { configDatabase } from './database.js';

/** The command: brings the schema up to date; running it again changes nothing. */
const { DATABASE_URL, CONFIG_DATABASE_ROLE } = await loadConfig(z.object({ DATABASE_URL: DatabaseUrl, CONFIG_DATABASE_ROLE: z.string().optional() }));
const ran = await migrate(configDatabase(DATABASE_URL), CONFIG_DATABASE_ROLE);
console.log(ran.length ? `config: ran ${ran.join(', ')}` : 'config: up to date');
