import { globSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ProcessGroup } from './process-group.js';
import { silent } from './progress.js';
import { exitOnSignal } from './exit-on-signal.js';
import { type Stack, startStack } from './stack.js';

/** The parts of jest's configuration for a global setup that are used here. */
export interface TestRun {
  readonly rootDir: string;
  readonly projects?: readonly string[];
  readonly testPathPatterns: { readonly patterns: readonly string[] };
}

const WORKSPACE = fileURLToPath(new URL('../../..', import.meta.url));
const WANT_SERVERS = ['{apps,libs}/*/src/**/*.int.spec.ts', 'test/**/*.spec.ts'];
const PREFIX = join(tmpdir(), 'nuncio-jest-');

let started: { stack: Stack; dir: string } | null = null;

/** Starts one empty stack for a whole run of jest, in a temporary directory. Its addresses are in the environment, which workers inherit. */
export async function startTestStack(run: TestRun): Promise<void> {
  if (started || !wantsServers(run)) return;
  await removeLeftovers();
  const dir = await mkdtemp(PREFIX);
  // Jest does not run its teardown when it is interrupted. An orderly exit ends the children.
  exitOnSignal();
  const stack = await startStack({ dir });
  started = { stack, dir };
  const { brokers, databaseUrl, redisUrl, identities } = stack;
  Object.assign(process.env, { KAFKA_BROKERS: brokers, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, NUNCIO_IDENTITIES: JSON.stringify(identities) });
}

export async function stopTestStack(): Promise<void> {
  if (!started) return;
  await started.stack.stop();
  await rm(started.dir, { recursive: true, force: true });
  started = null;
}

/** Whether a spec of this run needs servers; pure ones do not. */
function wantsServers({ rootDir, projects = [], testPathPatterns: { patterns } }: TestRun): boolean {
  const roots = projects.length > 0 ? projects : [rootDir];
  const files = globSync(WANT_SERVERS, { cwd: WORKSPACE }).map((file) => join(WORKSPACE, file));
  const asked = (file: string): boolean => patterns.length === 0 || patterns.some((pattern) => new RegExp(pattern, 'i').test(file));
  return files.some((file) => asked(file) && roots.some((root) => !relative(root, file).startsWith('..')));
}

/** Removes the directories of runs that were killed. A directory of a running jest is in use, and stays. */
async function removeLeftovers(): Promise<void> {
  for (const ledger of globSync(`${PREFIX}*/servers.json`)) {
    const claimed = await ProcessGroup.claim(ledger, silent).catch(() => null);
    if (claimed) await rm(join(ledger, '..'), { recursive: true, force: true });
  }
}
