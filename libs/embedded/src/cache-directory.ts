import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder of what is fetched or built once for each user: `$XDG_CACHE_HOME/nuncio`, by default `~/.cache/nuncio`. */
export const cacheDirectory = (env: NodeJS.ProcessEnv = process.env): string => join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'nuncio');
