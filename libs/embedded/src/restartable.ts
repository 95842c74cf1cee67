import type { Child, ChildSpec } from './child.js';
import type { ProcessGroup } from './process-group.js';

export interface RestartableSpec extends Omit<ChildSpec, 'logFile'> {
  /** The log file of the nth start. */
  readonly logFileOf: (start: number) => string;
}

/** How to tell that a server is up, and how long its start and stop may take. */
interface Bounds {
  /** The line of its log that says so. */
  readonly up: string;
  readonly upWithinMs: number;
  readonly stopWithinMs: number;
}

/** A server that can be stopped and started again with the same ports and data. */
export class Restartable {
  protected child: Child | null = null;
  #starts = 0;

  constructor(
    protected readonly spec: RestartableSpec,
    private readonly group: ProcessGroup,
    private readonly bounds: Bounds,
  ) {}

  /** Resolves once it serves clients. Does nothing if it runs. */
  async start(): Promise<void> {
    this.child ??= this.group.start({ ...this.spec, logFile: this.spec.logFileOf(++this.#starts) });
    await this.child.says(this.bounds.up, this.bounds.upWithinMs);
  }

  /** An orderly stop. Resolves when the process has ended. */
  async stop(): Promise<void> {
    await this.taken()?.stop(this.bounds.stopWithinMs);
  }

  /** Hands over the process. The next start makes another one. */
  protected taken(): Child | null {
    const { child } = this;
    this.child = null;
    return child;
  }
}
