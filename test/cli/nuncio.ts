import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const NUNCIO = fileURLToPath(new URL('../../apps/cli/bin/nuncio.mjs', import.meta.url));

export interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Every sub-command that has ended with status 0, and those that exist, by the words before their arguments, such as `operations watch`. */
class Coverage {
  readonly #succeeded: string[][] = [];

  note(args: readonly string[]): void {
    this.#succeeded.push(args.filter((word) => !word.startsWith('-')));
  }

  /** The sub-commands that have not ended with status 0. `help` says which exist. A command without a sub-command runs its first one. */
  async missing(help: (path: readonly string[]) => Promise<string>): Promise<string[]> {
    const top = commandsIn(await help([]));
    const all = await Promise.all(
      top.map(async (name) => {
        const subs = commandsIn(await help([name]));
        return subs.length ? subs.map((sub, i) => ({ path: [name, sub], isDefault: i === 0 })) : [{ path: [name], isDefault: false }];
      }),
    );
    return all
      .flat()
      .filter(({ path, isDefault }) => !this.#succeeded.some((args) => starts(args, path) || (isDefault && starts(args, path.slice(0, 1)))))
      .map(({ path }) => path.join(' '));
  }
}

/** The names under `Commands:` of a help text. */
const commandsIn = (help: string): string[] => Array.from((help.split('\nCommands:\n')[1] ?? '').matchAll(/^ {2}([a-z][\w-]*)/gm), ([, name = '']) => name).filter((name) => name !== 'help');

const starts = (args: readonly string[], path: readonly string[]): boolean => path.every((word, i) => args[i] === word);

/** Runs the command with a working and a home directory of its own, so that it finds no other profile. */
export class Nuncio {
  readonly coverage = new Coverage();

  constructor(
    private readonly dir: string,
    private readonly installation: Readonly<Record<string, string>>,
  ) {}

  start(args: readonly string[], env: Readonly<Record<string, string>> = this.installation, input = ''): { child: ChildProcess; said: { out: string; err: string } } {
    const child = spawn(process.execPath, [NUNCIO, ...args], { cwd: this.dir, env: { PATH: process.env.PATH, HOME: this.dir, XDG_CONFIG_HOME: this.dir, ...env }, stdio: 'pipe' });
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
    child.stdin.end(input);
    child.once('close', (status) => {
      if (status === 0) this.coverage.note(args);
    });
    return { child, said };
  }

  /** The same on a terminal, which `script` (util-linux) makes. Input goes to `child.stdin`; `said.out` has what is shown. */
  onTerminal(args: readonly string[], env: Readonly<Record<string, string>> = this.installation): { child: ChildProcess; said: { out: string } } {
    const command = [process.execPath, NUNCIO, ...args].map((word) => `'${word}'`).join(' ');
    const child = spawn('script', ['-qefc', command, '/dev/null'], { cwd: this.dir, env: { PATH: process.env.PATH, HOME: this.dir, XDG_CONFIG_HOME: this.dir, TERM: 'xterm', ...env }, stdio: 'pipe' });
    const said = { out: '' };
    child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
    return { child, said };
  }

  async run(args: readonly string[], env?: Readonly<Record<string, string>>, input?: string): Promise<Ended> {
    const { child, said } = this.start(args, env, input);
    await once(child, 'close');
    return { status: child.exitCode, ...said };
  }
}
