import { migrate } from '@nuncio/database';
import { loadConfig } from '@nuncio/service';
import { z } from 'zod';
import { configDatabase } from './database.js';

/** The command: brings the schema up to date; running it again changes nothing. */
const { DATABASE_URL } = await loadConfig(z.object({ DATABASE_URL: z.url() }), process.env);
const ran = await migrate(configDatabase(DATABASE_URL));
console.log(ran.length ? `config: ran ${ran.join(', ')}` : 'config: up to date');
