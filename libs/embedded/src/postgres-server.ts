import type { ProcessGroup } from './process-group.js';
import { Restartable, type RestartableSpec } from './restartable.js';

/** One PostgreSQL. It accepts connections once it is up, after a recovery too; its stop is a fast shutdown, which cuts off whoever is connected. */
export class PostgresServer extends Restartable {
  constructor(
    /** The directory with its data, which is its own user's: what is put there has to be given to it (`give`). */
    readonly data: string,
    spec: RestartableSpec,
    group: ProcessGroup,
  ) {
    super(spec, group, { up: 'database system is ready to accept connections', upWithinMs: 60_000, stopWithinMs: 30_000 });
  }
}
