import { randomBytes } from 'node:crypto';
import type { Credential, TokenEntry } from '@nuncio/contracts';
import type { Viewed } from '@nuncio/kafka';
import { parseKeyRing, Secret } from '@nuncio/sealing';
import { openToken, sealToken } from '@nuncio/token-store';
import { TokenClient } from './token-client.js';

/**
 * A program: what a token costs a delivery. Prints one line of JSON: nanoseconds of a look-up in memory, which is the hot path, among so many credentials,
 * and of opening a sealed token, which happens once for each token (the best of several rounds each).
 */
const CREDENTIALS = 1_000;
const ROUNDS = 20;
const LOOKUPS_PER_ROUND = 100_000;
const OPENED_PER_ROUND = 1_000;

const ring = parseKeyRing(`k1:${randomBytes(32).toString('base64')}`);
const viewed = (id: string): Viewed<'credential'> => ({ kind: 'credential', id, position: 1, version: 1, at: 0, state: { id, tenant: 'acme' } as Credential });
const credentials = new Map(Array.from({ length: CREDENTIALS }, (_, n) => [`cred_${n}`, viewed(`cred_${n}`)]));
const entries = new Map([...credentials.values()].map((credential) => [credential.id, entryOf(credential)]));

function entryOf({ state }: Viewed<'credential'>): TokenEntry {
  const token = new Secret(randomBytes(600).toString('base64url'));
  return { generation: 1, version: 1, token: sealToken(ring, token, state, 1), receivedAt: Date.now(), usableUntil: Date.now() + 3_600_000 };
}

const client = new TokenClient({
  readMany: (ids) => Promise.resolve(new Map(ids.map((id) => [id, { entry: entries.get(id) ?? null, failure: null }]))),
  unseal: ({ state }, entry) => openToken(ring, entry, state),
  identify: () => undefined,
  credential: (id) => credentials.get(id),
  brake: () => Promise.resolve({ waitMs: 0, pauseMs: 0 }),
  position: () => 1,
  producer: { sendJson: () => Promise.resolve() },
  now: Date.now,
  elapsed: () => performance.now(),
});

const ids = [...credentials.keys()];
await Promise.all(ids.map(async (id) => client.get(id, 0)));

/** Nanoseconds of one call, in the best of the rounds. */
function best(count: number, work: (n: number) => void): number {
  let least = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    for (let n = 0; n < count; n++) work(n);
    least = Math.min(least, ((performance.now() - start) * 1e6) / count);
  }
  return Math.round(least);
}

const idAt = (n: number): string => ids[n % CREDENTIALS] ?? '';
let bytes = 0;
const lookupNanoseconds = best(LOOKUPS_PER_ROUND, (n) => {
  const grant = client.get(idAt(n), 0);
  if (!(grant instanceof Promise) && grant.kind === 'granted') bytes += grant.bearer?.length ?? 0;
});
const unsealNanoseconds = best(OPENED_PER_ROUND, (n) => {
  const [credential, entry] = [credentials.get(idAt(n)), entries.get(idAt(n))];
  if (credential && entry) bytes += openToken(ring, entry, credential.state).reveal().length;
});
if (bytes === 0) throw new Error('there was no token');
console.log(JSON.stringify({ credentials: CREDENTIALS, lookupNanoseconds, unsealNanoseconds }));
