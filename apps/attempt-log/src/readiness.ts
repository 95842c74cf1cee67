import { Inject, Injectable } from '@nestjs/common';
import { troubleOf } from '@nuncio/database';
import type { Readiness } from '@nuncio/service';
import { DataSource } from 'typeorm';

/** Not ready while PostgreSQL is away. Events and facts wait in Kafka meanwhile. */
@Injectable()
export class LogReadiness implements Readiness {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async ready(): Promise<string[]> {
    const trouble = await troubleOf(this.dataSource);
    return trouble === null ? [] : [`PostgreSQL is away (${trouble}). Nothing is lost: records wait in Kafka.`];
  }
}
