import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Readiness } from '@nuncio/service';
import { DataSource } from 'typeorm';
import { Relay } from './outbox/relay.js';

const PATIENCE_MS = 2_000;

/** Not ready while PostgreSQL is away. With Kafka away changes are taken, but nobody learns of them until it is back. */
@Injectable()
export class ConfigReadiness implements Readiness {
  constructor(
    private readonly database: DataSource,
    private readonly relay: Relay,
  ) {}

  async ready(): Promise<string[]> {
    const answers = this.database.query('select 1').then(
      () => true,
      () => false,
    );
    const answered = await Promise.race([answers, setTimeout(PATIENCE_MS, false, { ref: false })]);
    return [...(answered ? [] : ['PostgreSQL does not answer']), ...(this.relay.trouble === null ? [] : [`changes are not published: ${this.relay.trouble}`])];
  }
}
