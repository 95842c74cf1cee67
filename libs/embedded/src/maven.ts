import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDirectory } from './cache-directory.js';
import type { ServerContext } from './server-context.js';

interface Download {
  /** The pom whose dependencies are needed. */
  readonly pom: URL;
  readonly goal: 'copy-dependencies' | 'unpack-dependencies';
  /** What to do if Maven is missing or fails, as the end of a sentence. */
  readonly otherwise: string;
}

/**
 * The directory with a pom's dependencies. They are fetched once for each user and content of the pom, so that a second clone finds them. Throws one sentence that says what to do if Maven is missing or fails.
 */
export async function dependenciesOf(download: Download, context: ServerContext): Promise<string> {
  const pom = fileURLToPath(download.pom);
  const version = createHash('sha256')
    .update(await readFile(pom))
    .digest('hex')
    .slice(0, 12);
  const directory = join(cacheDirectory(context.env), `${basename(dirname(pom))}-${version}`);
  if (!existsSync(directory)) await oneAtATime(() => fetch(pom, directory, download, context));
  return directory;
}

async function fetch(pom: string, directory: string, { goal, otherwise }: Download, { logs, group, env }: ServerContext): Promise<void> {
  const arriving = `${directory}.${process.pid}`;
  await mkdir(dirname(directory), { recursive: true });
  const args = ['-B', '-q', '-f', pom, `org.apache.maven.plugins:maven-dependency-plugin:${goal}`, `-DoutputDirectory=${arriving}`];
  const logFile = join(logs, `maven-${basename(dirname(pom))}.log`);
  const mvn = group.start({ name: 'Maven', command: 'mvn', args, env, logFile });
  const { code, error } = await mvn.exited;
  if (error) throw new Error(`Maven is needed to fetch it and "mvn" is not on PATH: ${otherwise}`);
  if (code !== 0) throw new Error(`Maven could not fetch it (${await firstError(logFile)}): check the network, or ${otherwise}`);
  // The first to rename wins. A second clone that fetched at the same time has the same files.
  await rename(arriving, directory).catch(() => rm(arriving, { recursive: true }));
}

/** Maven's log names the cause first, followed by general advice. */
async function firstError(logFile: string): Promise<string> {
  const [, reason = `see ${logFile}`] = /\[ERROR\] (.+?)(?: -> \[Help 1\])?$/m.exec(await readFile(logFile, 'utf8')) ?? [];
  return reason;
}

// One Maven at a time, since two would disturb each other in the same local repository.
let queue: Promise<unknown> = Promise.resolve();

function oneAtATime(work: () => Promise<void>): Promise<void> {
  const turn = queue.then(work);
  queue = turn.catch(() => undefined);
  return turn;
}
