import type { ProcessGroup } from './process-group.js';
import { Restartable, type RestartableSpec } from './restartable.js';

/** A PostgreSQL server. It is up once it accepts connections, also after a recovery. Its stop is a fast shutdown, which disconnects all clients. */
export class PostgresServer extends Restartable {
  constructor(
    /** The directory with its data, which belongs to the server's user. Files put there must be given to that user (`give`). */
    readonly data: string,
    spec: RestartableSpec,
    group: ProcessGroup,
  ) {
    super(spec, group, { up: 'database system is ready to accept connections', upWithinMs: 60_000, stopWithinMs: 30_000 });
  }
}
