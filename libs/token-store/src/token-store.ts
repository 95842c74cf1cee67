import type { StoredToken } from '@nuncio/auth';
import type { TokenEntry, TokenFailure } from '@nuncio/contracts';
import { keysOf, MEMORY_MS, memoryMs, TokenReader } from './token-reader.js';

/** KEYS: entry, failure. ARGV[1]: the new value. A stored value that cannot be read counts as absent. */
const READ = `
local new = cjson.decode(ARGV[1])
local function read(key)
  local readable, value = pcall(cjson.decode, redis.call('GET', key) or '')
  return readable and type(value) == 'table' and value or {}
end`;

/** ARGV[2]: the token's life in milliseconds. A new token deletes the failure before it. */
const PUT_IF_NEWER = `${READ}
local old = read(KEYS[1])
if (old.generation or 0) >= new.generation or (old.version or 0) > new.version then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('DEL', KEYS[2])
return 1`;

/**
 * ARGV[2], ARGV[3]: for how many milliseconds the failure counts, and is remembered. A pause longer by less than a second is the same one by another
 * clock.
 */
const PUT_FAILURE = `${READ}
if (read(KEYS[1]).generation or 0) > new.generation then return 0 end
local old = read(KEYS[2])
if (old.generation or -1) >= new.generation and (old.version or -1) >= new.version then
  local left = redis.call('PTTL', KEYS[2]) - (old['until'] - old.at) - ${MEMORY_MS}
  if left > ARGV[2] + 1000 then return 0 end
end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[3])
return 1`;

/** ARGV[1]: for how many milliseconds the key is kept. */
const PROBE = `return redis.call('SET', KEYS[1], '', 'PX', ARGV[1])`;
const PROBE_MS = 1_000;

/** The tokens in Redis, for the token-service. Every method but `findRefusal` rejects if Redis is away, or refuses a command. */
export class TokenStore extends TokenReader {
  /** Redis refused something about this credential, and has not taken a write about it since. */
  #refusal: { readonly credential: string; readonly why: string } | null = null;

  async read(credential: string): Promise<StoredToken> {
    const found = await this.#noting(credential, this.readMany([credential]));
    return found.get(credential) ?? { entry: null, failure: null };
  }

  /** Why Redis reads or stores no tokens at the moment, in its own words; null = it does. Asks it. */
  async findRefusal(): Promise<string | null> {
    await this.#probe(this.#refusal?.credential ?? '').catch(() => undefined);
    return this.#refusal?.why ?? null;
  }

  /** Rejects if Redis refused something before and would not store a token now either: it would be fetched in vain. */
  async requireWritable(credential: string): Promise<void> {
    if (this.#refusal) await this.#probe(credential);
  }

  /** Reads and writes as one does with a token, by the same commands: Redis may refuse any of them. */
  async #probe(credential: string): Promise<void> {
    const [entry] = keysOf(this.prefix, credential);
    await this.read(credential);
    await this.#write(credential, this.redis.eval(PROBE, 1, `${this.prefix}:token-failure:{${entry}}:probe`, PROBE_MS));
  }

  /**
   * Compare-and-set. False = the stored token has the same or a later generation, or is of a later version of the credential. The key expires when
   * the token may no longer be sent.
   */
  async put(credential: string, entry: TokenEntry): Promise<boolean> {
    const lifeMs = Math.max(1, entry.usableUntil - this.now());
    return (await this.#write(credential, this.redis.eval(PUT_IF_NEWER, 2, ...keysOf(this.prefix, credential), JSON.stringify(entry), lifeMs))) === 1;
  }

  /** False = the failure came too late: a token is stored, or a failure with a longer pause that answers the same requests. */
  async putFailure(credential: string, failure: TokenFailure): Promise<boolean> {
    const leftMs = failure.until - this.now();
    const rememberedMs = Math.max(1, leftMs + memoryMs(failure));
    return (await this.#write(credential, this.redis.eval(PUT_FAILURE, 2, ...keysOf(this.prefix, credential), JSON.stringify(failure), leftMs, rememberedMs))) === 1;
  }

  async #write<T>(credential: string, work: Promise<T>): Promise<T> {
    const answer = await this.#noting(credential, work);
    if (this.#refusal?.credential === credential) this.#refusal = null;
    return answer;
  }

  async #noting<T>(credential: string, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      this.#refusal = { credential, why: error instanceof Error ? error.message : String(error) };
      throw error;
    }
  }
}
