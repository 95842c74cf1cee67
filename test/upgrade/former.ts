import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const APPS = ['config-service', 'token-service', 'dispatcher', 'attempt-log', 'gateway'];
const SOURCES = ['apps', 'libs', 'tsconfig.base.json'];
const ARCHIVE_BYTES = 1 << 28;

/** The commit of the last release: its tag, or without tags, the last commit before the changelog got unreleased changes. */
export function lastRelease(root: string): string {
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  const tag = git('tag', '--list', 'v*', '--merged', 'HEAD', '--sort=-version:refname').split('\n')[0];
  if (tag) return tag;
  const hasUnreleased = (commit: string): boolean => git('show', `${commit}:CHANGELOG.md`).includes('\n## Unreleased');
  const opened = git('log', '--format=%H', '-S## Unreleased', '--', 'CHANGELOG.md')
    .split('\n')
    .find((commit) => hasUnreleased(commit) && !hasUnreleased(`${commit}~1`));
  if (!opened) throw new Error('the changelog has nothing that is not released: name a revision with --from');
  return git('rev-parse', `${opened}~1`);
}

/**
 * Builds the services of a revision in a workspace within the present one, whose external packages it uses. Returns its path; one that was built
 * before is reused. Throws with the compiler's output if it fails.
 */
export async function formerWorkspace(root: string, revision: string): Promise<string> {
  const commit = execFileSync('git', ['rev-parse', '--verify', `${revision}^{commit}`], { cwd: root, encoding: 'utf8' }).trim();
  const workspace = join(root, '.nuncio', `former-${commit.slice(0, 12)}`);
  const isBuilt = join(workspace, 'built');
  if (existsSync(isBuilt)) return workspace;
  await rm(workspace, { recursive: true, force: true });
  const packages = join(workspace, 'node_modules', '@nuncio');
  await mkdir(packages, { recursive: true });
  const archive = execFileSync('git', ['archive', commit, ...SOURCES], { cwd: root, maxBuffer: ARCHIVE_BYTES });
  execFileSync('tar', ['-x', '-C', workspace], { input: archive });
  for (const lib of await readdir(join(workspace, 'libs'))) {
    await symlink(join(workspace, 'libs', lib), join(packages, lib));
    // Packages that it has in another version.
    const own = join(root, 'libs', lib, 'node_modules');
    if (existsSync(own)) await symlink(own, join(workspace, 'libs', lib, 'node_modules'));
  }
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [compiler, '-b', ...APPS.map((app) => join('apps', app))], { cwd: workspace, stdio: ['ignore', 'inherit', 'inherit'] });
  await writeFile(isBuilt, commit);
  return workspace;
}
