#!/usr/bin/env node
/** Builds the page `/docs`: Redoc's one file without its request to another origin, and our own files beside it. Nothing else of the package is served. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const to = new URL('dist/docs/', import.meta.url);
const redoc = createRequire(import.meta.url).resolve('redoc/bundles/redoc.standalone.js');
const LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg';

cpSync(new URL('docs/', import.meta.url), to, { recursive: true });
const source = readFileSync(redoc, 'utf8');
if (!source.includes(LOGO)) throw new Error(`redoc has no ${LOGO} any more: look what it asks of others now`);
writeFileSync(new URL('redoc.js', to), source.replaceAll(LOGO, 'redocly.svg').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'));
cpSync(new URL('../LICENSE', `file://${redoc}`), new URL('redoc.LICENSE.txt', to));
cpSync(`${redoc}.LICENSE.txt`, new URL('redoc.standalone.js.LICENSE.txt', to));
