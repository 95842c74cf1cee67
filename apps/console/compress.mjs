#!/usr/bin/env node
/** Compresses each text of the build once, as `<name>.br` and `<name>.gz`. The gateway serves them in place of it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

for (const folder of ['assets/', 'docs/']) {
  const files = new URL(`dist/${folder}`, import.meta.url);
  for (const file of readdirSync(files)) {
    if (!/\.(?:js|css|html|svg)$/.test(file)) continue;
    const bytes = readFileSync(new URL(file, files));
    writeFileSync(new URL(`${file}.br`, files), brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
    writeFileSync(new URL(`${file}.gz`, files), gzipSync(bytes, { level: 9 }));
  }
}
