import type { Child, ChildSpec } from './child.js';
import type { ProcessGroup } from './process-group.js';

export interface RestartableSpec extends Omit<ChildSpec, 'logFile'> {
  /** The log file of the nth start. */
  readonly logFileOf: (start: number) => string;
}

/** When a server is up, and how long that and its end may take. */
export interface Bounds {
  /** The line that says so. */
  readonly up: string;
  readonly upWithinMs: number;
  readonly stopWithinMs: number;
}

/** A server that can be stopped and started again, with the same ports and the same data. */
export class Restartable {
  protected child: Child | null = null;
  #starts = 0;

  constructor(
    protected readonly spec: RestartableSpec,
    private readonly group: ProcessGroup,
    private readonly bounds: Bounds,
  ) {}

  /** Resolves once it serves clients. Does nothing where it runs. */
  async start(): Promise<void> {
    this.child ??= this.group.start({ ...this.spec, logFile: this.spec.logFileOf(++this.#starts) });
    await this.child.says(this.bounds.up, this.bounds.upWithinMs);
  }

  /** In order; resolves when the process has ended. */
  async stop(): Promise<void> {
    await this.taken()?.stop(this.bounds.stopWithinMs);
  }

  /** The process, which is ours no more: the next start makes another. */
  protected taken(): Child | null {
    const { child } = this;
    this.child = null;
    return child;
  }
}
