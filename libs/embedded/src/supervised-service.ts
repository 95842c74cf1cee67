import { EX_SOFTWARE } from '@nuncio/contracts';
import { type Child, type ChildSpec, describe, type Exit } from './child.js';
import type { ProcessGroup } from './process-group.js';
import type { Log } from './progress.js';

const DEATHS = 3;
const WITHIN_MS = 60_000;

interface Supervision {
  readonly group: ProcessGroup;
  readonly log: Log;
  /** Whether to start it again when it dies. */
  readonly restart: boolean;
  /** Called when it has a new process, which is not ready yet. */
  readonly onRestart: () => void;
  /** Called when it died and is not started again: for the third time within a minute, or with `restart` off, unless `kill` ended it. */
  readonly onGivenUp: (error: Error) => void;
}

/** A service as a process that is started again on the same port when it dies. */
export class SupervisedService {
  #child: Child;
  #up: Promise<void>;
  #deaths: number[] = [];
  /** The process that `kill` has ended. */
  #killed: Child | null = null;

  constructor(
    private spec: ChildSpec,
    readonly port: number,
    private readonly supervision: Supervision,
  ) {
    [this.#child, this.#up] = this.launch(false);
  }

  /** The pid of the present process; of the last one if it is dead. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Resolves once the service is ready: this process, or its successor if this one dies. Throws if it is not started again. */
  ready(): Promise<void> {
    return this.#up;
  }

  /**
   * Sends a signal and waits for the end. The service is then started again as usual; `ready()` waits for that. Throws if a fault of its own ended a process that was asked
   * to finish: its last commits are then missing.
   */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#killed = child;
    child.kill(signal);
    const exit = await child.exited;
    if (exit.code === EX_SOFTWARE) throw new Error(`${this.spec.name} did not finish its work (${describe(exit)})${child.lastLines()}`);
  }

  /** Starts it after it died with restarts turned off. */
  async start(): Promise<void> {
    [this.#child, this.#up] = this.launch(true);
    this.supervision.onRestart();
    await this.#up;
  }

  /** Ends the process in order and starts another one on the same port: that of another release. */
  async replace(spec: ChildSpec): Promise<void> {
    this.spec = spec;
    this.#deaths = [];
    await this.kill('SIGTERM');
    if (this.supervision.restart) await this.#up;
    else await this.start();
  }

  private launch(append: boolean): [Child, Promise<void>] {
    const child = this.supervision.group.start({ ...this.spec, append, ipc: true, env: { ...this.spec.env, PORT: String(this.port) } });
    const up = new Promise<void>((resolve, reject) => {
      child.onMessage((message) => {
        if (isReady(message)) resolve();
      });
      void child.exited.then((exit) => {
        // Callers that waited for this process now wait for its successor.
        this.follow(child, exit).then(resolve, reject);
      });
    });
    up.catch(() => undefined);
    return [child, up];
  }

  /** Starts a new process after a death. Throws if there is none. */
  private async follow(child: Child, exit: Exit): Promise<void> {
    const { group, log, restart, onRestart, onGivenUp } = this.supervision;
    const { name } = this.spec;
    if (group.stopping) throw new Error(`${name} was stopped`);
    const died = `${name} died (${describe(exit)})`;
    if (!restart) {
      const error = this.dead(new Error(`${died}; its last lines:${child.lastLines()}`));
      if (child !== this.#killed) onGivenUp(error);
      throw error;
    }
    const now = Date.now();
    this.#deaths = [...this.#deaths.filter((at) => at > now - WITHIN_MS), now];
    if (this.#deaths.length >= DEATHS) {
      const error = this.dead(new Error(`${died} for the third time within a minute and is not started again; its last lines:${child.lastLines()}`));
      onGivenUp(error);
      throw error;
    }
    log(`${died} and is started again; its last lines:${child.lastLines()}`);
    [this.#child, this.#up] = this.launch(true);
    onRestart();
    await this.#up;
  }

  /** From now on `ready()` rejects with this error. */
  private dead(error: Error): Error {
    this.#up = Promise.reject(error);
    this.#up.catch(() => undefined);
    return error;
  }
}

const isReady = (message: unknown): boolean => typeof message === 'object' && message !== null && 'ready' in message && message.ready === true;
