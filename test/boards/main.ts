import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { board } from './board.js';

/** `npm run boards`: writes docker/grafana/nuncio.json, which Grafana imports. */
writeFileSync(fileURLToPath(new URL('../../../docker/grafana/nuncio.json', import.meta.url)), `${JSON.stringify(board(), null, 2)}\n`);
