import { Injectable } from '@nestjs/common';
import { Fault } from '@nuncio/contracts';
import { DataSource } from 'typeorm';

const PER_MINUTE = 10;

const FORGET = `delete from config.samples where at < now() - interval '1 minute'`;
// Calls for one subject take turns, so that two at once cannot both be the tenth.
const LOCK = `select pg_advisory_xact_lock(hashtextextended('samples ' || $1, 0))`;
const TAKE = `insert into config.samples select $1, clock_timestamp() where (select count(*) from config.samples where subject = $1) < ${PER_MINUTE} returning at`;

/** Limits how often consumers may make Nuncio call an endpoint, over all replicas. */
@Injectable()
export class Allowance {
  constructor(private readonly database: DataSource) {}

  /** Counts a call for `subject`, an id. Throws Fault `too-many-requests` beyond ten within a minute. */
  async take(subject: string): Promise<void> {
    const taken = await this.database.transaction(async (manager) => {
      await manager.query(LOCK, [subject]);
      await manager.query(FORGET);
      return manager.query<unknown[]>(TAKE, [subject]);
    });
    if (!taken.length) throw new Fault('too-many-requests', `${PER_MINUTE} a minute are allowed; try again in a minute`, { retriable: true, retryAfterSeconds: 60 });
  }
}
