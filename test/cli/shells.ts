import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../fleet/eventually.js';
import { NUNCIO } from './nuncio.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Ctrl-O writes the line that is being edited to the file `$LINES_FILE`. */
const INTERACTIVE: Readonly<Record<'bash' | 'zsh', { readonly start: string; readonly setUp: string }>> = {
  bash: {
    start: 'bash --norc --noprofile -i',
    setUp: `source <(nuncio completion bash); bind -x '"\\C-o": printf "%s\\n" "$READLINE_LINE" >> "$LINES_FILE"'; echo ready >> "$LINES_FILE"`,
  },
  zsh: {
    start: 'zsh -f -i',
    setUp: `autoload -Uz compinit; compinit -u -D; source <(nuncio completion zsh); dump() { print -r -- "$BUFFER" >> "$LINES_FILE" }; zle -N dump; bindkey '^O' dump; echo ready >> "$LINES_FILE"`,
  },
};

/** A shell in which `nuncio` is a command with completion. */
export class CompletingShell {
  private constructor(
    private readonly complete: (line: string) => Promise<string[]>,
    readonly close: () => Promise<void>,
  ) {}

  /** `dir`: a folder of its own; `env`: the installation. */
  static async start(shell: Shell, dir: string, env: Readonly<Record<string, string>>): Promise<CompletingShell> {
    const bin = join(dir, 'nuncio');
    await writeFile(bin, `#!/bin/sh\nexec '${process.execPath}' '${NUNCIO}' "$@"\n`);
    await chmod(bin, 0o755);
    const lines = join(dir, `lines-of-${shell}`);
    await writeFile(lines, '');
    const own = { PATH: `${dir}${delimiter}${process.env.PATH ?? ''}`, HOME: dir, XDG_CONFIG_HOME: dir, TERM: 'xterm', LINES_FILE: lines, ...env };
    if (shell === 'fish') return new CompletingShell((line) => askFish(line, dir, own), () => Promise.resolve());
    const { start, setUp } = INTERACTIVE[shell];
    const child = spawn('script', ['-qefc', start, '/dev/null'], { cwd: dir, env: own, stdio: ['pipe', 'ignore', 'ignore'] });
    child.stdin.write(`${setUp}\n`);
    await eventually(async () => {
      if (!(await readFile(lines, 'utf8')).includes('ready\n')) throw new Error(`${shell} is not ready`);
    });
    return new CompletingShell((line) => press(child, line, lines), () => end(child));
  }

  /** The line after the tabulator key; for fish its candidates, since it completes only on a terminal that answers its questions. */
  completed(line: string): Promise<string[]> {
    return this.complete(line);
  }
}

async function askFish(line: string, dir: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const { stdout } = await promisify(execFile)('fish', ['--no-config', '-c', `nuncio completion fish | source; complete -C '${line}'`], { cwd: dir, env });
  const kept = line.slice(0, line.lastIndexOf(' ') + 1);
  return stdout.split('\n').filter(Boolean).map((found) => `${kept}${found.split('\t', 1)[0] ?? ''}`);
}

/** Types the line and the tabulator key, reads what stands there, and deletes it. */
async function press(child: ChildProcess, line: string, file: string): Promise<string[]> {
  const before = (await readFile(file, 'utf8')).length;
  child.stdin?.write(`${line}\t\x0f`);
  const found = await eventually(async () => {
    const text = (await readFile(file, 'utf8')).slice(before);
    if (!text.endsWith('\n')) throw new Error(`no answer to ${line}`);
    return text.trimEnd();
  });
  child.stdin?.write('\x15');
  return [found];
}

async function end(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  child.stdin?.end('exit\n');
  await closed;
}
