import { Inject, Injectable } from '@nestjs/common';
import { hashApiKey, type EarlierRequest, type IdempotencyScope, type IdempotencyStore } from '@nuncio/service';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../config.js';

const BEGIN = `
  insert into config.idempotent_requests (caller, route, key, body_hash) values ($1, $2, $3, $4)
  on conflict (caller, route, key) do update set body_hash = excluded.body_hash, answer = null, at = now()
  where idempotent_requests.at < now() - interval '24 hours'
  returning key`;
const SCOPE = 'caller = $1 and route = $2 and key = $3';

/** In PostgreSQL, so that it does not matter which replica a repeated request comes to. Of a body only a keyed hash is kept, since it may contain secrets. */
@Injectable()
export class IdempotentRequests implements IdempotencyStore {
  constructor(
    private readonly database: DataSource,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async begin(scope: IdempotencyScope, body: string): Promise<EarlierRequest | null> {
    const hash = hashApiKey(this.config.API_KEY_PEPPER, body);
    const begun = await this.database.query<unknown[]>(BEGIN, [...placeOf(scope), hash]);
    if (begun.length) return null;
    const [earlier] = await this.database.query<{ body_hash: string; answer: object | null }[]>(`select body_hash, answer from config.idempotent_requests where ${SCOPE}`, placeOf(scope));
    // Gone in between: it came to nothing just now, and whoever asks again begins anew.
    return { sameBody: !earlier || earlier.body_hash === hash, answer: earlier?.answer ?? null };
  }

  async answered(scope: IdempotencyScope, answer: object): Promise<void> {
    await this.database.query(`update config.idempotent_requests set answer = $4 where ${SCOPE}`, [...placeOf(scope), answer]);
    await this.database.query(`delete from config.idempotent_requests where at < now() - interval '24 hours'`);
  }

  async forget(scope: IdempotencyScope): Promise<void> {
    await this.database.query(`delete from config.idempotent_requests where ${SCOPE}`, placeOf(scope));
  }
}

const placeOf = ({ caller, route, key }: IdempotencyScope): string[] => [caller, route, key];
