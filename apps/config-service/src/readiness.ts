import { Injectable } from '@nestjs/common';
import { troubleOf } from '@nuncio/database';
import type { Readiness } from '@nuncio/service';
import { DataSource } from 'typeorm';
import { Relay } from './outbox/relay.js';

/** Not ready while PostgreSQL is away. While Kafka is away changes are accepted, and published once it is back. */
@Injectable()
export class ConfigReadiness implements Readiness {
  constructor(
    private readonly database: DataSource,
    private readonly relay: Relay,
  ) {}

  async ready(): Promise<string[]> {
    const trouble = await troubleOf(this.database);
    return trouble === null ? [] : [`PostgreSQL is away (${trouble})`];
  }

  impaired(): string[] {
    return this.relay.trouble === null ? [] : [`changes are not published: ${this.relay.trouble}`];
  }
}
