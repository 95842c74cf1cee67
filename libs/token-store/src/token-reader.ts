import type { StoredToken } from '@nuncio/auth';
import { readWire, TokenEntry, TokenFailure } from '@nuncio/contracts';
import type { z } from 'zod';
import type { RedisClient } from './redis.js';
import { bySlot } from './slots.js';

/**
 * `<prefix>:token:<credential>` and `<prefix>:token-failure:{<prefix>:token:<credential>}`, JSON of a `TokenEntry` and a `TokenFailure`. The braces
 * put the second key into the first one's slot.
 */
export function keysOf(prefix: string, credential: string): [entry: string, failure: string] {
  const entry = `${prefix}:token:${credential}`;
  return [entry, `${prefix}:token-failure:{${entry}}`];
}

/** A failure is remembered after its pause for another pause and this time, so that the next pause can be longer. */
export const MEMORY_MS = 60_000;
export const memoryMs = ({ at, until }: TokenFailure): number => until - at + MEMORY_MS;

/** The answers of PTTL for a key without an end, and for one that does not exist. */
const NEVER_ENDS = -1;
const IS_GONE = -2;

/** The tokens in Redis, for those who send them. */
export class TokenReader {
  constructor(
    protected readonly redis: RedisClient,
    /** The installation's prefix, `nuncio`. */
    protected readonly prefix: string,
    /** Epoch milliseconds. */
    protected readonly now: () => number = Date.now,
  ) {}

  /**
   * The stored token and failure of each credential, in one round trip (in a cluster, one per slot, concurrently). An unreadable entry counts as
   * absent. Rejects if Redis is away. The writer's clock may differ, so times are computed from how long Redis will still keep the key, and are by
   * this process's clock. Its own time is read just before that, so a token never seems to live longer than it does.
   */
  async readMany(credentials: readonly string[]): Promise<Map<string, StoredToken>> {
    const groups = bySlot(this.redis, credentials, (credential) => keysOf(this.prefix, credential)[0]);
    const found = await Promise.all(groups.map((group) => this.#readSlot(group)));
    return new Map(found.flat());
  }

  async #readSlot(credentials: readonly string[]): Promise<[credential: string, stored: StoredToken][]> {
    const keys = credentials.flatMap((credential) => keysOf(this.prefix, credential));
    const askedAt = this.now();
    const pipeline = this.redis.pipeline().mget(keys);
    for (const key of keys) pipeline.pttl(key);
    const [values, ...lefts] = await answersOf(pipeline);
    // A key may expire between the two commands.
    const texts = (values as (string | null)[]).map((text, i) => (lefts[i] === IS_GONE ? null : text));
    const endOf = (i: number): number | null => (lefts[i] === NEVER_ENDS ? null : askedAt + (lefts[i] as number));
    return credentials.map((credential, i) => [
      credential,
      { entry: entryOnThisClock(read(TokenEntry, texts[2 * i]), endOf(2 * i)), failure: failureOnThisClock(read(TokenFailure, texts[2 * i + 1]), endOf(2 * i + 1)) },
    ]);
  }
}

async function answersOf(pipeline: ReturnType<RedisClient['pipeline']>): Promise<unknown[]> {
  const answers = (await pipeline.exec()) ?? [];
  for (const [error] of answers) if (error) throw error;
  return answers.map(([, answer]) => answer);
}

/** A token's key expires when the token may no longer be sent. */
function entryOnThisClock(entry: TokenEntry | null, usableUntil: number | null): TokenEntry | null {
  return entry && usableUntil !== null ? { ...entry, usableUntil, receivedAt: usableUntil - (entry.usableUntil - entry.receivedAt) } : entry;
}

/** A failure's key outlives its pause by the time that it is remembered. */
function failureOnThisClock(failure: TokenFailure | null, forgottenAt: number | null): TokenFailure | null {
  if (!failure || forgottenAt === null) return failure;
  const until = forgottenAt - memoryMs(failure);
  return { ...failure, until, at: until - (failure.until - failure.at) };
}

function read<S extends z.ZodType>(schema: S, json: string | null | undefined): z.output<S> | null {
  const found = readWire(schema, json);
  return found.is === 'known' ? found.value : null;
}
