import type { Child, ChildSpec } from './child.js';
import type { ProcessGroup } from './process-group.js';

const UP = 'database system is ready to accept connections';
const UP_WITHIN_MS = 60_000;
const STOP_BOUND_MS = 30_000;

/** One PostgreSQL. Its port and its data stay the same from one start to the next. */
export class PostgresServer {
  #child: Child | null = null;
  #starts = 0;

  constructor(
    /** The directory with its data, which is its own user's: what is put there has to be given to it (`give`). */
    readonly data: string,
    private readonly spec: Omit<ChildSpec, 'logFile'> & { readonly logFileOf: (start: number) => string },
    private readonly group: ProcessGroup,
  ) {}

  /** Resolves once it accepts connections, after a recovery too. Does nothing where it runs. */
  async start(): Promise<void> {
    this.#child ??= this.group.start({ ...this.spec, logFile: this.spec.logFileOf(++this.#starts) });
    await this.#child.says(UP, UP_WITHIN_MS);
  }

  /** A fast shutdown: whoever is connected is cut off. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    await child?.stop(STOP_BOUND_MS);
  }
}
