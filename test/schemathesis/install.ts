import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const VERSION = '4.32.5';
const CACHE = fileURLToPath(new URL(`../../../node_modules/.cache/schemathesis-${VERSION}`, import.meta.url));
const run = promisify(execFile);

/**
 * Installs schemathesis from PyPI into a virtual environment of its own, and returns the path of its command `st`.
 * Needs python3 ≥ 3.10.
 */
export async function install(log: (line: string) => void): Promise<string> {
  const command = join(CACHE, 'bin', 'st');
  const isThere = await access(command).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    log(`installing schemathesis ${VERSION} into ${CACHE}`);
    await run('python3', ['-m', 'venv', CACHE]);
    await run(join(CACHE, 'bin', 'pip'), ['install', '--quiet', `schemathesis==${VERSION}`]);
  }
  return command;
}
