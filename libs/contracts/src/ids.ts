import { hash, randomBytes } from 'node:crypto';

/** Kinds of ids that are generated; they sort by the millisecond of their making. */
export type IdPrefix = 'cb' | 'sub' | 'cred' | 'app' | 'key' | 'att' | 'op';

const hex12 = (ms: number): string => ms.toString(16).padStart(12, '0');

/**
 * A generated id: prefix, 48 bits of Unix milliseconds, 80 random bits, in lower-case hex (the order of RFC 9562 UUIDv7, without its version bits).
 * Time and randomness are passed in where a test wants them fixed.
 */
export const newId = (prefix: IdPrefix, at: number = Date.now(), random: Buffer = randomBits()): string => `${prefix}_${hex12(at)}${random.toString('hex')}`;

const POOL_BYTES = 4_000;
let pool = Buffer.alloc(0);
let used = 0;

/** 80 bits out of a pool, since a call of `randomBytes` for each attempt costs more than the rest of its id. */
function randomBits(): Buffer {
  if (used + 10 > pool.length) {
    pool = randomBytes(POOL_BYTES);
    used = 0;
  }
  return pool.subarray(used, (used += 10));
}

const derived = (prefix: string, text: string): string => prefix + hash('sha256', text, 'hex').slice(0, 32);
const pair = (a: string, b: string): string => `${a.length}:${a}${b}`;

/**
 * `evt_` + 128 bits of SHA-256 over (publisher's tenant, `ce_source`, `ce_id`): the same event has the same id wherever it is read, and another tenant's never has
 * it. `publisher` is a tenant's id, or empty: then it is as if there were only the two. A tenant's id has neither `/` nor `:`, so that no three parts read like
 * other three, or like two.
 */
export const eventId = (source: string, ceId: string, publisher = ''): string => derived('evt_', (publisher && `${publisher}/`) + pair(source, ceId));

/** `dlv_` + 128 bits of SHA-256 over (event id, subscription id): constant over retries, resends and replays. */
export const deliveryId = (event: string, subscription: string): string => derived('dlv_', pair(event, subscription));
