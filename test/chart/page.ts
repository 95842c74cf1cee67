import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { shellBlocks } from '../docs/shell-blocks.js';
import { WORKSPACE } from './helm.js';

const page = readFileSync(join(WORKSPACE, 'docs/kubernetes.md'), 'utf8');

/**
 * Runs the block of docs/kubernetes.md that has this text, with commands of this name in place of the real ones. Each is a shell script; `$RECORD` is a
 * file, whose content is returned.
 */
export async function runBlock(having: string, commands: Readonly<Record<string, string>>, more = ''): Promise<string> {
  const block = shellBlocks(page).find(({ text }) => text.includes(having));
  if (!block) throw new Error(`docs/kubernetes.md has no shell block with ${having}`);
  const dir = mkdtempSync(join(tmpdir(), 'nuncio-page-'));
  try {
    for (const [name, script] of Object.entries(commands)) {
      writeFileSync(join(dir, name), `#!/bin/bash\n${script}\n`);
      chmodSync(join(dir, name), 0o755);
    }
    const record = join(dir, 'record');
    writeFileSync(record, '');
    const running = promisify(execFile)('bash', ['-euo', 'pipefail', '-c', `${block.text}\n${more}`], { env: { ...process.env, PATH: `${dir}:${process.env.PATH ?? ''}`, RECORD: record } });
    running.child.stdin?.end();
    await running;
    return readFileSync(record, 'utf8');
  } finally {
    rmSync(dir, { recursive: true });
  }
}
