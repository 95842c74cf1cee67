import type { StoredToken } from '@nuncio/auth';
import type { TokenEntry, TokenFailure } from '@nuncio/contracts';
import { keysOf, memoryMs, TokenReader } from './token-reader.js';

/** KEYS: entry, failure. ARGV: the new entry, its life in milliseconds. What cannot be read is written over; a new token ends the failure before it. */
const PUT_IF_NEWER = `
local new = cjson.decode(ARGV[1])
local readable, old = pcall(cjson.decode, redis.call('GET', KEYS[1]) or '')
if readable and type(old) == 'table' and ((old.generation or 0) >= new.generation or (old.version or 0) > new.version) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('DEL', KEYS[2])
return 1`;

/** The tokens in Redis, for the one who fetches them. Everything rejects when Redis is away. */
export class TokenStore extends TokenReader {
  async read(credential: string): Promise<StoredToken> {
    return (await this.readMany([credential])).get(credential) ?? { entry: null, failure: null };
  }

  /** Compare-and-set: false = what is stored is of the same generation or a newer one, or of a newer version of the credential. Lives as long as it is usable. */
  async put(credential: string, entry: TokenEntry): Promise<boolean> {
    const lifeMs = Math.max(1, entry.usableUntil - this.now());
    return (await this.redis.eval(PUT_IF_NEWER, 2, ...keysOf(this.prefix, credential), JSON.stringify(entry), lifeMs)) === 1;
  }

  async putFailure(credential: string, failure: TokenFailure): Promise<void> {
    const [, key] = keysOf(this.prefix, credential);
    await this.redis.set(key, JSON.stringify(failure), 'PX', Math.max(1, failure.until - this.now() + memoryMs(failure)));
  }
}
