import type { StoredToken } from '@nuncio/auth';
import { TokenEntry, TokenFailure } from '@nuncio/contracts';
import type { Redis } from 'ioredis';
import type { z } from 'zod';

/** `<prefix>:token:<credential>` and `<prefix>:token-failure:<credential>`: JSON of a `TokenEntry` and a `TokenFailure`. */
export const keysOf = (prefix: string, credential: string): [entry: string, failure: string] => [
  `${prefix}:token:${credential}`,
  `${prefix}:token-failure:${credential}`,
];

/** The tokens in Redis, for those who send them. */
export class TokenReader {
  constructor(
    protected readonly redis: Redis,
    /** The installation's prefix, `nuncio`. */
    protected readonly prefix: string,
  ) {}

  /** What is stored for each of the credentials, in one round trip. What cannot be read counts as not there. Rejects when Redis is away. */
  async readMany(credentials: readonly string[]): Promise<Map<string, StoredToken>> {
    if (credentials.length === 0) return new Map();
    const values = await this.redis.mget(credentials.flatMap((credential) => keysOf(this.prefix, credential)));
    return new Map(
      credentials.map((credential, i) => [credential, { entry: read(TokenEntry, values[2 * i]), failure: read(TokenFailure, values[2 * i + 1]) }]),
    );
  }
}

function read<S extends z.ZodType>(schema: S, json: string | null | undefined): z.output<S> | null {
  if (!json) return null;
  try {
    return schema.parse(JSON.parse(json));
  } catch {
    return null;
  }
}
