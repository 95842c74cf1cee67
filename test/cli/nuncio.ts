import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const NUNCIO = fileURLToPath(new URL('../../apps/cli/bin/nuncio.mjs', import.meta.url));

export interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command with a working and a home directory of its own, so that it finds no other profile. */
export class Nuncio {
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
