import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { exitOnSignal, timed } from '@nuncio/embedded';
import { ownStage, type OwnStage } from '../chaos/own-stage.js';
import { formerWorkspace, lastRelease } from './former.js';
import { largeLog } from './large-log.js';
import { rolling } from './rolling.js';

/**
 * `npm run check:upgrade [-- --from <git revision>] [--seed 1] [--pause 2] [--rows 0]`: builds the services of the former release (or of the
 * revision), starts an installation of them, and replaces its processes one by one by the present ones, then all back, and forward again, under load.
 * Status 1 if something was lost, repeated or unreadable, or if a process died by itself; it then keeps the logs of all processes, and says where.
 * With `--rows 10000000` it migrates a log of this size under load instead, and says how far the log was behind meanwhile; status 1 if deliveries are
 * counted wrong afterwards, or if an index was built on a table without rows.
 */
const WORKSPACE = fileURLToPath(new URL('../../..', import.meta.url));
/** For what a run that found a fault leaves behind. */
const KEPT = join(WORKSPACE, '.nuncio', 'upgrade', new Date().toISOString().replaceAll(':', '-'));
const SHOWN = 20;
const { values } = parseArgs({ options: { from: { type: 'string' }, seed: { type: 'string', default: '1' }, pause: { type: 'string', default: '2' }, rows: { type: 'string', default: '0' } } });
const log = (line: string): void => {
  console.error(line);
};

const dead = new AbortController();
exitOnSignal();
try {
  const revision = values.from ?? lastRelease(WORKSPACE);
  const former = await timed(log, `the services of ${revision}`, () => formerWorkspace(WORKSPACE, revision));
  const onGivenUp = (death: Error): void => {
    dead.abort(death);
  };
  const stage = await ownStage({ log, workspace: former, env: {}, onGivenUp, logsTo: KEPT });
  const rows = Number(values.rows);
  const faults = await Promise.race([rows > 0 ? migrateLarge(stage, revision, rows) : replaceAll(stage, revision, former), death()]).catch(told);
  await stage.close(faults.length ? KEPT : undefined);
  await report(faults);
} catch (error) {
  await report(told(error));
}
// Ends what a failed run has left open.
process.exit();

/** Rejects when a service dies by itself: what follows from that would only hide it. */
function death(): Promise<never> {
  return new Promise((_, reject) => {
    const tell = (): void => {
      reject(dead.signal.reason as Error);
    };
    if (dead.signal.aborted) tell();
    else dead.signal.addEventListener('abort', tell);
  });
}

async function replaceAll(stage: OwnStage, revision: string, former: string): Promise<string[]> {
  const result = await timed(log, 'forward, back and forward again', () => rolling(stage, { former, present: WORKSPACE }, Number(values.seed), Number(values.pause) * 1_000));
  const { violations, quarantined, ...told } = result;
  console.log(JSON.stringify({ from: revision, ...told, quarantined: quarantined.length, violations: violations.length }));
  return [...violations.map(({ rule, of, detail }) => `${rule}: ${of}: ${detail}`), ...quarantined.map((record) => `in quarantine: ${record}`)];
}

async function migrateLarge(stage: OwnStage, revision: string, rows: number): Promise<string[]> {
  const told = await largeLog(stage, WORKSPACE, rows, log);
  console.log(JSON.stringify({ from: revision, ...told }));
  return [
    ...(told.miscounted.some((n) => n > 0) ? [`deliveries of ${told.miscounted.join(' and ')} minutes are counted wrong`] : []),
    ...told.unmeasured.map((index) => `the index ${index} was built on a table that was not filled: fill it in test/upgrade/large-log.ts`),
  ];
}

/** The message of a service's death names it and has the end of its log; other errors need their stack. */
function told(error: unknown): string[] {
  if (error === dead.signal.reason) return [(error as Error).message];
  return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
}

async function report(faults: readonly string[]): Promise<void> {
  if (!faults.length) return;
  process.exitCode = 1;
  await mkdir(KEPT, { recursive: true });
  await writeFile(join(KEPT, 'faults.txt'), `${faults.join('\n')}\n`);
  for (const fault of faults.slice(0, SHOWN)) log(fault);
  if (faults.length > SHOWN) log(`and ${faults.length - SHOWN} more`);
  log(`All faults (faults.txt) and the logs of all processes are in ${KEPT}`);
}
