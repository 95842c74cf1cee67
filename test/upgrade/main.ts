import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { exitOnSignal, timed } from '@nuncio/embedded';
import { ownStage } from '../chaos/own-stage.js';
import { formerWorkspace, lastRelease } from './former.js';
import { rolling } from './rolling.js';

/**
 * `npm run check:upgrade [-- --from <git revision>] [--seed 1] [--pause 2]`: builds the services of the former release (or of the revision), starts
 * an installation of them, and replaces its processes one by one by the present ones, then all back, and forward again, under load. Status 1 if
 * something was lost, repeated or unreadable.
 */
const WORKSPACE = fileURLToPath(new URL('../../..', import.meta.url));
const SHOWN = 20;
const { values } = parseArgs({ options: { from: { type: 'string' }, seed: { type: 'string', default: '1' }, pause: { type: 'string', default: '2' } } });
const log = (line: string): void => {
  console.error(line);
};

exitOnSignal();
const revision = values.from ?? lastRelease(WORKSPACE);
const former = await timed(log, `the services of ${revision}`, () => formerWorkspace(WORKSPACE, revision));
const stage = await ownStage({ log, workspace: former, env: {} });
try {
  const result = await timed(log, 'forward, back and forward again', () => rolling(stage, { former, present: WORKSPACE }, Number(values.seed), Number(values.pause) * 1_000));
  const { violations, quarantined, ...told } = result;
  console.log(JSON.stringify({ from: revision, ...told, quarantined: quarantined.length, violations: violations.length }));
  for (const { rule, of, detail } of violations.slice(0, SHOWN)) log(`${rule}: ${of}: ${detail}`);
  for (const record of quarantined.slice(0, SHOWN)) log(`in quarantine: ${record}`);
  process.exitCode = violations.length + quarantined.length > 0 ? 1 : 0;
} finally {
  await stage.close();
}
