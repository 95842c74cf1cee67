import { Argument, type Command } from 'commander';
import { Api } from '../api.js';
import type { GlobalOptions } from '../context.js';
import { line, print } from '../output.js';
import { chooseProfile } from '../profile.js';
import { candidates } from './candidates.js';
import { SHELLS, scripts, type Shell } from './scripts.js';

/** Adds `completion`, which prints a script for a shell, and `complete`, which the script calls. */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a script that completes commands, options and their values, ids too')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .action((shell: Shell) => {
      print(scripts[shell]);
    });
  program
    .command('complete', { hidden: true })
    .argument('[words...]', 'the words of a command line up to the cursor, without `nuncio`')
    .action(async (words: readonly string[]) => {
      const found = await candidates(program, words, open).catch(() => []);
      if (found.length) print(found.map(({ word, about }) => (about ? `${word}\t${line(about)}` : word)).join('\n'));
    });
}

/** Opens the installation that the unfinished command line chooses. */
const open = ({ profile }: GlobalOptions): Promise<Api> => Api.open(chooseProfile(profile));
