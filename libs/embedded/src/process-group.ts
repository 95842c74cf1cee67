import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child, type ChildSpec, describe } from './child.js';
import { birthOf } from './process-birth.js';
import type { Log } from './progress.js';

const STOP_BOUND_MS = 10_000;
const LEFTOVER_BOUND_MS = 5_000;

interface KnownProcess {
  readonly pid: number;
  /** As given by `birthOf`. Together with the pid it identifies a process for ever. */
  readonly birth: string | null;
}

interface KnownChild extends KnownProcess {
  readonly name: string;
  readonly stopSignal: NodeJS.Signals;
}

interface Ledger {
  readonly owner: KnownProcess;
  readonly children: readonly KnownChild[];
}

/**
 * Children that are stopped together. They are listed in a file, so that after a supervisor was killed its successor can end what it left.
 * A process is identified by pid and birth, never by name.
 */
export class ProcessGroup {
  readonly #children = new Map<Child, KnownChild>();
  #stopped: Promise<void> | null = null;

  private constructor(private readonly file: string) {}

  /** Takes the file over and ends what a killed owner left running. Throws if its owner is alive. */
  static async claim(file: string, log: Log): Promise<ProcessGroup> {
    const owner = ProcessGroup.ownerOf(file);
    if (owner !== null) throw new Error(`${dirname(file)} is in use by process ${owner}: stop that one first`);
    await Promise.all((read(file)?.children ?? []).map((child) => end(child, log)));
    const group = new ProcessGroup(file);
    group.write();
    return group;
  }

  /** The pid of the running process that owns this file; null = there is none. */
  static ownerOf(file: string): number | null {
    const owner = read(file)?.owner;
    return owner && isAlive(owner) ? owner.pid : null;
  }

  get stopping(): boolean {
    return this.#stopped !== null;
  }

  /** The process ids of the children, by name. */
  get pids(): Readonly<Record<string, { readonly pid: number }>> {
    return Object.fromEntries([...this.#children.values()].map(({ name, pid }) => [name, { pid }]));
  }

  start(spec: ChildSpec): Child {
    if (this.#stopped) throw new Error(`${spec.name} is not started any more: everything is being stopped`);
    const child = new Child(spec);
    this.#children.set(child, { name: spec.name, pid: child.pid, birth: birthOf(child.pid), stopSignal: spec.stopSignal ?? 'SIGTERM' });
    this.write();
    void child.exited.then(() => {
      this.#children.delete(child);
      if (!this.#stopped) this.write();
    });
    return child;
  }

  /** Runs a command to its end. Throws with its last lines unless the exit status is 0. */
  async run(spec: ChildSpec): Promise<void> {
    const child = this.start(spec);
    const exit = await child.exited;
    if (exit.code !== 0) throw new Error(`${spec.name} failed: ${describe(exit)}${child.lastLines()}`);
  }

  /** Asks all of them to finish, kills those that still run after 10 s, and deletes the file. */
  stop(): Promise<void> {
    this.#stopped ??= Promise.all([...this.#children.keys()].map((child) => child.stop(STOP_BOUND_MS))).then(() => {
      rmSync(this.file, { force: true });
    });
    return this.#stopped;
  }

  private write(): void {
    const ledger: Ledger = { owner: { pid: process.pid, birth: birthOf(process.pid) }, children: [...this.#children.values()] };
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(`${this.file}.new`, JSON.stringify(ledger, null, 2));
    renameSync(`${this.file}.new`, this.file);
  }
}

function read(file: string): Ledger | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Ledger;
  } catch {
    return null;
  }
}

const isAlive = ({ pid, birth }: KnownProcess): boolean => birth !== null && birthOf(pid) === birth;

async function end(child: KnownChild, log: Log): Promise<void> {
  if (!isAlive(child)) return;
  log(`${child.name} (process ${child.pid}) was left by a start that was killed: ending it`);
  for (const signal of [child.stopSignal, 'SIGKILL'] as const) {
    signalTo(child, signal);
    const deadline = Date.now() + LEFTOVER_BOUND_MS;
    while (Date.now() < deadline) {
      await sleep(25);
      if (!isAlive(child)) return;
    }
  }
  throw new Error(`${child.name} (process ${child.pid}) was left by a start that was killed, and does not end: end it by hand`);
}

function signalTo(child: KnownChild, signal: NodeJS.Signals): void {
  try {
    if (isAlive(child)) process.kill(child.pid, signal);
  } catch {
    // It ended in between.
  }
}
