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

  /** The sub-commands that have not ended with status 0. `commandsIn` says which exist; a group without a sub-command runs its first one. */
  async missing(commandsIn: (path: readonly string[]) => Promise<readonly string[]>): Promise<string[]> {
    const all = await Promise.all(
      (await commandsIn([])).map(async (name) => {
        const subs = await commandsIn([name]);
        const [first, ...others] = subs;
        if (first === undefined) return this.#has(([word]) => word === name) ? [] : [name];
        const isFirst = (word: string | undefined): boolean => word === undefined || !others.includes(word);
        return subs.filter((sub) => !this.#has(([word, second]) => word === name && (second === sub || (sub === first && isFirst(second))))).map((sub) => `${name} ${sub}`);
      }),
    );
    return all.flat();
  }

  readonly #has = (is: (args: readonly string[]) => boolean): boolean => this.#succeeded.some(is);
}

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

  /** The sub-commands of a command, from its help. */
  async commands(path: readonly string[]): Promise<string[]> {
    const { out } = await this.run([...path, '--help']);
    return commandsIn(out);
  }

  /** The words that may follow a command: its sub-commands and options, and the options of the sub-command that runs by default. */
  async words(path: readonly string[]): Promise<string[]> {
    const { out } = await this.run([...path, '--help']);
    const [first] = commandsIn(out);
    return [...commandsIn(out), ...optionsIn(out), ...(first === undefined || !path.length ? [] : await this.words([...path, first]))];
  }
}

/** The names under `Commands:` of a help text. */
const commandsIn = (help: string): string[] => Array.from((help.split('\nCommands:\n')[1] ?? '').matchAll(/^ {2}([a-z][\w-]*)/gm), ([, name = '']) => name).filter((name) => name !== 'help');
const optionsIn = (help: string): string[] => Array.from(help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm), ([, name = '']) => name);
