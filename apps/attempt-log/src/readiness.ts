import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Readiness } from '@nuncio/service';
import { DataSource } from 'typeorm';

const PATIENCE_MS = 2_000;

/** Not ready while PostgreSQL is away: what was published and attempted waits in Kafka meanwhile. */
@Injectable()
export class LogReadiness implements Readiness {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async ready(): Promise<string[]> {
    const answer = this.dataSource.query('SELECT 1').then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    const missing = await Promise.race([answer, pause(PATIENCE_MS, `no answer within ${PATIENCE_MS} ms`, { ref: false })]);
    return missing === null ? [] : [`PostgreSQL is away (${missing}); nothing is lost, the topics wait.`];
  }
}
