import { Argument, type Command } from 'commander';
import { print } from './output.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** `nuncio completion bash >> ~/.bashrc`. Made from the existing commands. */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a script that completes commands and options')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .action((shell: (typeof SHELLS)[number]) => {
      print(SCRIPTS[shell](wordsOf(program)));
    });
}

/** The words that may follow each command, such as `list` after `operations`. */
type Words = ReadonlyMap<string, readonly string[]>;

function wordsOf(program: Command): Words {
  const words = new Map<string, string[]>();
  const visit = (command: Command, path: string): void => {
    words.set(path, [...command.commands.map((sub) => sub.name()), ...command.options.flatMap(({ long }) => long ?? [])]);
    for (const sub of command.commands) visit(sub, `${path} ${sub.name()}`.trim());
  };
  visit(program, '');
  return words;
}

const bash = (words: Words): string => `_nuncio() {
  local path="\${COMP_WORDS[*]:1:COMP_CWORD-1}" words
  case "$path" in
${[...words].map(([path, next]) => `    "${path}") words="${next.join(' ')}" ;;`).join('\n')}
    *) words="${words.get('')?.filter((word) => word.startsWith('--')).join(' ') ?? ''}" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _nuncio nuncio`;

const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], (words: Words) => string>> = {
  bash,
  zsh: (words) => `autoload -U +X bashcompinit && bashcompinit\n${bash(words)}`,
  fish: (words) =>
    [...words]
      .flatMap(([path, next]) => next.map((word) => [path, word] as const))
      .map(([path, word]) => `complete -c nuncio -f -n '${path ? `__fish_seen_subcommand_from ${path.split(' ').at(-1) ?? ''}` : '__fish_use_subcommand'}' ${word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`}`)
      .join('\n'),
};
