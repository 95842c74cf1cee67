import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { exitOnSignal, timed } from '@nuncio/embedded';
import { ownStage } from '../chaos/own-stage.js';
import { formerWorkspace, lastRelease } from './former.js';
import { largeLog } from './large-log.js';
import { rolling } from './rolling.js';

/**
 * `npm run check:upgrade [-- --from <git revision>] [--seed 1] [--pause 2] [--rows 0]`: builds the services of the former release (or of the revision), starts
 * an installation of them, and replaces its processes one by one by the present ones, then all back, and forward again, under load. Status 1 if
 * something was lost, repeated or unreadable. With `--rows 10000000` it migrates a log of this size under load instead, and says how far the log was
 * behind meanwhile; status 1 if deliveries are counted wrong afterwards.
 */
const WORKSPACE = fileURLToPath(new URL('../../..', import.meta.url));
const SHOWN = 20;
const { values } = parseArgs({ options: { from: { type: 'string' }, seed: { type: 'string', default: '1' }, pause: { type: 'string', default: '2' }, rows: { type: 'string', default: '0' } } });
const log = (line: string): void => {
  console.error(line);
};

exitOnSignal();
const revision = values.from ?? lastRelease(WORKSPACE);
const former = await timed(log, `the services of ${revision}`, () => formerWorkspace(WORKSPACE, revision));
const stage = await ownStage({ log, workspace: former, env: {} });
try {
  const rows = Number(values.rows);
  if (rows > 0) await migrateLarge(rows);
  else await replaceAll();
} finally {
  await stage.close();
}

async function replaceAll(): Promise<void> {
  const result = await timed(log, 'forward, back and forward again', () => rolling(stage, { former, present: WORKSPACE }, Number(values.seed), Number(values.pause) * 1_000));
  const { violations, quarantined, ...told } = result;
  console.log(JSON.stringify({ from: revision, ...told, quarantined: quarantined.length, violations: violations.length }));
  for (const { rule, of, detail } of violations.slice(0, SHOWN)) log(`${rule}: ${of}: ${detail}`);
  for (const record of quarantined.slice(0, SHOWN)) log(`in quarantine: ${record}`);
  process.exitCode = violations.length + quarantined.length > 0 ? 1 : 0;
}

async function migrateLarge(rows: number): Promise<void> {
  const told = await largeLog(stage, WORKSPACE, rows, log);
  console.log(JSON.stringify({ from: revision, ...told }));
  process.exitCode = told.miscounted.some((n) => n > 0) ? 1 : 0;
}
