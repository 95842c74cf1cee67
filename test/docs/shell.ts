import { type ChildProcess, spawn } from 'node:child_process';
import { expect } from '@jest/globals';
import { eventually } from '../fleet/eventually.js';

/** Printed at the end of each block. */
const ENDS = 'the block has ended';

/** A shell in which the blocks of a page run one after another. It ends at the first command that fails. */
export class Shell {
  readonly #process: ChildProcess;
  #printed = '';

  constructor(dir: string, env: Readonly<Record<string, string>>) {
    // A process group of its own, so that background processes of the blocks end with it.
    this.#process = spawn('sh', ['-eu'], { cwd: dir, env: { PATH: process.env.PATH, ...env }, detached: true, stdio: 'pipe' });
    for (const stream of [this.#process.stdout, this.#process.stderr]) stream?.on('data', (chunk: Buffer) => (this.#printed += chunk.toString()));
  }

  /** All output so far, also of background processes. */
  get printed(): string {
    return this.#printed;
  }

  /** Runs a block to its end and returns its output. Throws with the output if a command fails. */
  async run(block: string): Promise<string> {
    const before = this.#printed.length;
    const said = (): string => this.#printed.slice(before);
    // The commands must not read the shell's own input.
    this.#process.stdin?.write(`{\n${block}\n} </dev/null\necho "${ENDS}"\n`);
    await eventually(() => {
      if (this.#process.exitCode === null) expect(said()).toContain(`${ENDS}\n`);
    });
    if (this.#process.exitCode !== null) throw new Error(`the shell has ended with status ${this.#process.exitCode}:\n${said()}`);
    return said();
  }

  end(): void {
    if (this.#process.pid === undefined) return;
    try {
      process.kill(-this.#process.pid, 'SIGKILL');
    } catch {
      // No process of the group is left.
    }
  }
}
