import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mutant } from './mutants.js';

const MUTATED = 'dispatcher';

/**
 * A copy of the built workspace in which the dispatcher, and the libraries as it uses them, have the mutant's bug; the other services are those of the original.
 * It lies inside the original, where packages from outside are found. Returns its path. Throws where the mutant does not fit what is built.
 */
export async function mutantWorkspace(root: string, mutant: Mutant): Promise<string> {
  await mkdir(join(root, '.nuncio'), { recursive: true });
  const workspace = await mkdtemp(join(root, '.nuncio', `mutant-${mutant.name}-`));
  const packages = join(workspace, 'node_modules', '@nuncio');
  await Promise.all([join(workspace, 'apps'), packages].map((dir) => mkdir(dir, { recursive: true })));
  for (const app of await readdir(join(root, 'apps'))) {
    if (app === MUTATED) await copyBuilt(join(root, 'apps', app), join(workspace, 'apps', app));
    else await symlink(join(root, 'apps', app), join(workspace, 'apps', app));
  }
  for (const lib of await readdir(join(root, 'libs'))) {
    await copyBuilt(join(root, 'libs', lib), join(workspace, 'libs', lib));
    await symlink(join(workspace, 'libs', lib), join(packages, lib));
  }
  for (const { file } of mutant.replacements) await writeFile(join(workspace, file), mutate(await readFile(join(workspace, file), 'utf8'), file, mutant));
  return workspace;
}

/** Of a built file's text, the mutant's. Throws unless each of its texts stands there exactly once. */
export function mutate(text: string, file: string, { name, replacements }: Mutant): string {
  return replacements
    .filter((replacement) => replacement.file === file)
    .reduce((mutated, { find, put }) => {
      const parts = mutated.split(find);
      if (parts.length !== 2) throw new Error(`the mutant ${name} does not fit: ${JSON.stringify(find)} stands ${parts.length - 1} times in ${file}`);
      return parts.join(put);
    }, text);
}

async function copyBuilt(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await Promise.all(['dist', 'package.json'].map((part) => cp(join(from, part), join(to, part), { recursive: true })));
  // Packages of which it has a version of its own.
  if (existsSync(join(from, 'node_modules'))) await symlink(join(from, 'node_modules'), join(to, 'node_modules'));
}
