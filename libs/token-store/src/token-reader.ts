import type { StoredToken } from '@nuncio/auth';
import { TokenEntry, TokenFailure } from '@nuncio/contracts';
import type { Redis } from 'ioredis';
import type { z } from 'zod';

/** `<prefix>:token:<credential>` and `<prefix>:token-failure:<credential>`: JSON of a `TokenEntry` and a `TokenFailure`. */
export const keysOf = (prefix: string, credential: string): [entry: string, failure: string] => [
  `${prefix}:token:${credential}`,
  `${prefix}:token-failure:${credential}`,
];

/** A failure is remembered beyond its pause for as long again and this, so that the next one can be longer. */
export const MEMORY_MS = 60_000;
export const memoryMs = ({ at, until }: TokenFailure): number => until - at + MEMORY_MS;

/** What PTTL says of a key without an end, and of one that is not there. */
const NEVER_ENDS = -1;
const IS_GONE = -2;

/** The tokens in Redis, for those who send them. */
export class TokenReader {
  constructor(
    protected readonly redis: Redis,
    /** The installation's prefix, `nuncio`. */
    protected readonly prefix: string,
    /** Epoch milliseconds. */
    protected readonly now: () => number = Date.now,
  ) {}

  /**
   * What is stored for each of the credentials, in one round trip. What cannot be read counts as not there. Rejects when Redis is away.
   *
   * Times are by the clock of this process: whoever wrote them had another one, so they are told by how long Redis will still keep the key. What is read
   * was asked for a little earlier than Redis looked, so that a token never seems to live longer than it does.
   */
  async readMany(credentials: readonly string[]): Promise<Map<string, StoredToken>> {
    if (credentials.length === 0) return new Map();
    const keys = credentials.flatMap((credential) => keysOf(this.prefix, credential));
    const askedAt = this.now();
    const pipeline = this.redis.pipeline().mget(keys);
    for (const key of keys) pipeline.pttl(key);
    const [values, ...lefts] = await answersOf(pipeline);
    // The time that is left of a key may run out between the two questions.
    const texts = (values as (string | null)[]).map((text, i) => (lefts[i] === IS_GONE ? null : text));
    const endOf = (i: number): number | null => (lefts[i] === NEVER_ENDS ? null : askedAt + (lefts[i] as number));
    return new Map(
      credentials.map((credential, i) => [
        credential,
        { entry: entryOnThisClock(read(TokenEntry, texts[2 * i]), endOf(2 * i)), failure: failureOnThisClock(read(TokenFailure, texts[2 * i + 1]), endOf(2 * i + 1)) },
      ]),
    );
  }
}

async function answersOf(pipeline: ReturnType<Redis['pipeline']>): Promise<unknown[]> {
  const answers = (await pipeline.exec()) ?? [];
  for (const [error] of answers) if (error) throw error;
  return answers.map(([, answer]) => answer);
}

/** A token's key ends with it. */
function entryOnThisClock(entry: TokenEntry | null, usableUntil: number | null): TokenEntry | null {
  return entry && usableUntil !== null ? { ...entry, usableUntil, receivedAt: usableUntil - (entry.usableUntil - entry.receivedAt) } : entry;
}

/** A failure's key outlives its pause by as long as it is remembered. */
function failureOnThisClock(failure: TokenFailure | null, forgottenAt: number | null): TokenFailure | null {
  if (!failure || forgottenAt === null) return failure;
  const until = forgottenAt - memoryMs(failure);
  return { ...failure, until, at: until - (failure.until - failure.at) };
}

function read<S extends z.ZodType>(schema: S, json: string | null | undefined): z.output<S> | null {
  if (!json) return null;
  try {
    return schema.parse(JSON.parse(json));
  } catch {
    return null;
  }
}
