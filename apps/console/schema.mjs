#!/usr/bin/env node
/** `npm run schema -w @nuncio/console`: the types of the API, out of what a running installation (that of `npm start`, or the URL given) says of itself. */
import { readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';

const started = () => JSON.parse(readFileSync(new URL('../../.nuncio/dev.json', import.meta.url), 'utf8')).url;
const types = await openapiTS(new URL('/v1/openapi.json', process.argv[2] ?? started()));
writeFileSync(new URL('src/api/schema.d.ts', import.meta.url), `/** Generated: npm run schema -w @nuncio/console. */\n${astToString(types)}`);
