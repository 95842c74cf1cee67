import type { Secret } from '@nuncio/sealing';
import { hashApiKey } from './key-owners.js';
import type { EarlierRequest, IdempotencyScope, IdempotencyStore } from './idempotency.js';

/** What is asked of the database: a statement with its values. */
export interface Queries {
  query<T>(text: string, values: unknown[]): Promise<T>;
}

/**
 * In PostgreSQL, so that it does not matter which replica a repeated request comes to: a table with `caller`, `route`, `key`, `body_hash`, `answer` and `at`. Of a
 * body only a keyed hash is kept, since it may contain secrets.
 */
export class IdempotentRequests implements IdempotencyStore {
  readonly #begin: string;
  readonly #scope = 'caller = $1 and route = $2 and key = $3';

  constructor(
    private readonly database: Queries,
    private readonly pepper: Secret,
    private readonly table: string,
  ) {
    this.#begin = `
      insert into ${table} as known (caller, route, key, body_hash) values ($1, $2, $3, $4)
      on conflict (caller, route, key) do update set body_hash = excluded.body_hash, answer = null, at = now()
      where known.at < now() - interval '24 hours'
      returning key`;
  }

  async begin(scope: IdempotencyScope, body: string): Promise<EarlierRequest | null> {
    const hash = hashApiKey(this.pepper, body);
    const begun = await this.database.query<unknown[]>(this.#begin, [...placeOf(scope), hash]);
    if (begun.length) return null;
    const [earlier] = await this.database.query<{ body_hash: string; answer: object | null }[]>(`select body_hash, answer from ${this.table} where ${this.#scope}`, placeOf(scope));
    // Gone in between: it came to nothing just now, and whoever asks again begins anew.
    return { sameBody: !earlier || earlier.body_hash === hash, answer: earlier?.answer ?? null };
  }

  async answered(scope: IdempotencyScope, answer: object): Promise<void> {
    await this.database.query(`update ${this.table} set answer = $4 where ${this.#scope}`, [...placeOf(scope), answer]);
    await this.database.query(`delete from ${this.table} where at < now() - interval '24 hours'`, []);
  }

  async forget(scope: IdempotencyScope): Promise<void> {
    await this.database.query(`delete from ${this.table} where ${this.#scope}`, placeOf(scope));
  }
}

const placeOf = ({ caller, route, key }: IdempotencyScope): string[] => [caller, route, key];
