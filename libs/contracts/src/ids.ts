import { hash, randomBytes } from 'node:crypto';

/** Prefixes of generated ids, which sort by the millisecond of their creation. */
export type IdPrefix = 'cb' | 'sub' | 'cred' | 'app' | 'key' | 'att' | 'op' | 'ses';

const hex12 = (ms: number): string => ms.toString(16).padStart(12, '0');

/** A generated id: prefix, 48 bits of Unix milliseconds, 80 random bits, in lower-case hex (sorted like RFC 9562 UUIDv7, without its version bits). */
export const newId = (prefix: IdPrefix, at: number = Date.now()): string => `${prefix}_${hex12(at)}${randomBits().toString('hex')}`;

const POOL_BYTES = 4_000;
let pool = Buffer.alloc(0);
let used = 0;

/** 80 bits from a pool: a call of `randomBytes` for each attempt would cost more than the rest of its id. */
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
 * `evt_` and 128 bits of SHA-256 over (publisher's tenant, `ce_source`, `ce_id`). The same event has the same id wherever it is read, and no event of
 * another tenant has it. `publisher`: a tenant's id, or empty; then only the other two count. Tenant ids have neither `/` nor `:`, so different parts
 * never give the same text.
 */
export const eventId = (source: string, ceId: string, publisher = ''): string => derived('evt_', (publisher && `${publisher}/`) + pair(source, ceId));

/** `dlv_` and 128 bits of SHA-256 over (event id, subscription id). The same for all retries, resends and replays. */
export const deliveryId = (event: string, subscription: string): string => derived('dlv_', pair(event, subscription));
