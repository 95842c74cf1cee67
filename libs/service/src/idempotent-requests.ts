import { open, seal, Secret, type KeyRing } from '@nuncio/sealing';
import { hashApiKey } from './key-owners.js';
import { withSecrets, type EarlierRequest, type IdempotencyScope, type IdempotencyStore, type KeptAnswer } from './idempotency.js';

/** Runs a statement with its values. */
export interface Queries {
  query<T>(text: string, values: unknown[]): Promise<T>;
}

/** SQL: no request runs for two minutes, whatever happened to its process. */
const IS_OVER = `at < now() - interval '2 minutes'`;

interface Row {
  readonly body_hash: string;
  readonly lost: boolean;
  readonly answer: object | null;
  readonly status: number | null;
  readonly secrets: string | null;
}

interface Keys {
  /** The key of the hashes of bodies. */
  readonly pepper: Secret;
  /** Seals the secrets that repeated answers have; without it they have none. */
  readonly ring?: KeyRing;
}

/**
 * In PostgreSQL, so that a repeated request may reach any replica: a table with `caller`, `route`, `key`, `body_hash`, `done`, `answer`, `status`,
 * `secrets`, `secrets_until` and `at`. Only a keyed hash of a body is kept, since it may have secrets.
 */
export class IdempotentRequests implements IdempotencyStore {
  readonly #begin: string;
  readonly #scope = 'caller = $1 and route = $2 and key = $3';

  constructor(
    private readonly database: Queries,
    private readonly keys: Keys,
    private readonly table: string,
  ) {
    this.#begin = `
      insert into ${table} as known (caller, route, key, body_hash) values ($1, $2, $3, $4)
      on conflict (caller, route, key) do update
        set body_hash = excluded.body_hash, done = false, answer = null, status = null, secrets = null, secrets_until = null, at = now()
      where known.at < now() - interval '24 hours' or (known.answer is null and not known.done and known.${IS_OVER})
      returning key`;
  }

  async begin(scope: IdempotencyScope, body: string): Promise<EarlierRequest | null> {
    const hash = hashApiKey(this.keys.pepper, body);
    const begun = await this.database.query<unknown[]>(this.#begin, [...placeOf(scope), hash]);
    if (begun.length) return null;
    const [earlier] = await this.database.query<Row[]>(
      `select body_hash, answer is null and ${IS_OVER} as lost, answer, status, case when secrets_until > now() then secrets end as secrets from ${this.table} where ${this.#scope}`,
      placeOf(scope),
    );
    // It was forgotten in between, since it failed just now. The caller may repeat it.
    if (!earlier) return { sameBody: true, lost: false, answer: null };
    const sameBody = earlier.body_hash === hash;
    const { lost, answer, status } = earlier;
    return { sameBody, lost, answer: answer && { status: status ?? 200, body: sameBody ? this.#whole(scope, answer, earlier.secrets) : answer } };
  }

  async done(scope: IdempotencyScope, queries: Queries): Promise<void> {
    await queries.query(`update ${this.table} set done = true where ${this.#scope}`, placeOf(scope));
  }

  async answered(scope: IdempotencyScope, { status, body, again }: KeptAnswer): Promise<void> {
    const { ring } = this.keys;
    const secrets = again && ring ? seal(ring, new Secret(JSON.stringify(again.secrets)), sealedFor(scope)) : null;
    await this.database.query(`update ${this.table} set answer = $4, status = $5, secrets = $6, secrets_until = $7 where ${this.#scope}`, [...placeOf(scope), body, status, secrets, again?.until ?? null]);
    await this.database.query(`delete from ${this.table} where at < now() - interval '24 hours'`, []);
  }

  async forget(scope: IdempotencyScope): Promise<void> {
    await this.database.query(
      `with forgotten as (delete from ${this.table} where ${this.#scope} and not done)
       update ${this.table} set at = at - interval '2 minutes' where ${this.#scope} and done and answer is null`,
      placeOf(scope),
    );
  }

  #whole(scope: IdempotencyScope, answer: object, sealed: string | null): object {
    const { ring } = this.keys;
    if (sealed === null || !ring) return answer;
    return withSecrets(answer, JSON.parse(open(ring, sealed, sealedFor(scope)).reveal()) as Record<string, unknown>);
  }
}

const placeOf = ({ caller, route, key }: IdempotencyScope): string[] => [caller, route, key];
const sealedFor = ({ caller, route, key }: IdempotencyScope) => ({ tenant: caller, kind: 'answer', id: key, field: route }) as const;
