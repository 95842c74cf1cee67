import { readFileSync } from 'node:fs';

/** Of Nuncio: all its packages have one. */
export const { version: VERSION } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version: string };
