import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mutant } from './mutants.js';

const MUTATED = 'dispatcher';

/**
 * Makes a copy of the built workspace in which the dispatcher, and the libraries that it uses, have the mutant's bug. The other services are the
 * original ones. The copy is within the original, so that external packages are found. Returns its path. Throws if the mutant does not fit the built
 * code.
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

/** Applies the mutant's replacements to the text of a built file. Throws unless each text to be replaced occurs exactly once. */
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
  // Packages that it has in another version.
  if (existsSync(join(from, 'node_modules'))) await symlink(join(from, 'node_modules'), join(to, 'node_modules'));
}
