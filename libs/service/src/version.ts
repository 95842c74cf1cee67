import { readFileSync } from 'node:fs';

/** The version of Nuncio: all its packages have the same. */
export const { version: VERSION } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version: string };
