import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ChildSpec {
  /** Its name in messages: `Kafka`, `dispatcher`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /**
   * Standard output and error go straight to this file. So the child can go on writing when its parent is gone, and the parent spends
   * nothing on its output.
   */
  readonly logFile: string;
  /** Appends to the file instead of overwriting it. */
  readonly append?: boolean;
  /** The whole environment; by default that of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** The signal that asks it to finish and exit; SIGTERM by default. */
  readonly stopSignal?: NodeJS.Signals;
  /** A Node.js child that sends messages, and exits when the channel closes. */
  readonly ipc?: boolean;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started. */
  readonly error?: Error;
}

const running = new Set<ChildProcess>();
let watching = false;

/** A child process in a process group of its own. A terminal's Ctrl-C reaches only the parent, which decides what stops first. */
export class Child {
  readonly exited: Promise<Exit>;
  readonly #process: ChildProcess;

  constructor(readonly spec: ChildSpec) {
    const log = openSync(spec.logFile, spec.append ? 'a' : 'w');
    this.#process = spawn(spec.command, spec.args, { stdio: ['ignore', log, log, ...(spec.ipc ? (['ipc'] as const) : [])], env: spec.env, detached: true });
    closeSync(log);
    this.exited = new Promise((resolve) => {
      const end = (exit: Exit): void => {
        running.delete(this.#process);
        resolve(exit);
      };
      this.#process.once('exit', (code, signal) => {
        end({ code, signal });
      });
      this.#process.once('error', (error) => {
        if (this.#process.pid === undefined) end({ code: null, signal: null, error });
      });
    });
    endWithUs(this.#process);
  }

  /** 0 if it could not be started. */
  get pid(): number {
    return this.#process.pid ?? 0;
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#process.on('message', listener);
  }

  /** Resolves when its log contains this text. Throws with the log's last lines if it ends before that, or takes longer. */
  async says(text: string, timeoutMs: number): Promise<void> {
    let exit: Exit | undefined;
    void this.exited.then((known) => {
      exit = known;
    });
    const deadline = Date.now() + timeoutMs;
    while (Date.now() < deadline) {
      await sleep(25);
      if (readFileSync(this.spec.logFile, 'utf8').includes(text)) return;
      if (exit) throw new Error(`${this.spec.name} ended while it was starting: ${describe(exit)}${this.lastLines()}`);
    }
    throw new Error(`${this.spec.name} was not up after ${timeoutMs / 1000} s${this.lastLines()}`);
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Asks it to finish, and kills it if it still runs after `boundMs`. */
  async stop(boundMs: number): Promise<void> {
    this.kill(this.spec.stopSignal ?? 'SIGTERM');
    const bound = setTimeout(() => {
      this.kill('SIGKILL');
    }, boundMs);
    await this.exited;
    clearTimeout(bound);
  }

  /** The end of its log, each line indented on a line of its own; empty if there is none. */
  lastLines(count = 15): string {
    const lines = readFileSync(this.spec.logFile, 'utf8').trimEnd().split('\n').slice(-count);
    return lines
      .filter(Boolean)
      .map((line) => `\n    ${line}`)
      .join('');
  }
}

/** `exit status 1`, `SIGKILL`, or why it could not be started. */
export const describe = ({ code, signal, error }: Exit): string => error?.message ?? signal ?? `exit status ${code ?? 'unknown'}`;

/** Kills all children when this process exits, unless it is killed itself. In an orderly end they were stopped before. */
function endWithUs(child: ChildProcess): void {
  running.add(child);
  if (watching) return;
  watching = true;
  process.on('exit', () => {
    for (const left of running) left.kill('SIGKILL');
  });
}
