import type { ProcessGroup } from './process-group.js';

/** Where a server of the stack lives. */
export interface ServerContext {
  /** Its data goes to a directory of its own in here. */
  readonly dir: string;
  /** Its log files go here. */
  readonly logs: string;
  readonly group: ProcessGroup;
  /** Where `PATH`, `JAVA_HOME` and `XDG_CACHE_HOME` are looked up. */
  readonly env: NodeJS.ProcessEnv;
}
