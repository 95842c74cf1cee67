import { clientAuthMethods, type makeClientKey } from '@nuncio/auth';
import type { AssertionAlgorithm, Credential, Principal } from '@nuncio/contracts';
import type { EventStore } from '../event-store/index.js';
import type { SealField } from '../sealed-headers.js';
import { goesElsewhere, type CredentialBefore } from './edit-credential.js';
import { KeyTurns } from './key-turns.js';

type ClientKey = Awaited<ReturnType<typeof makeClientKey>>;

/** A new key for an algorithm. Throws if none has been made yet; then `withClientKeys` makes one and decides again. */
export type ClientKeys = (algorithm: AssertionAlgorithm) => ClientKey;

class KeyWanted extends Error {
  constructor(readonly algorithm: AssertionAlgorithm) {
    super(`a key for ${algorithm} has to be made first`);
  }
}

const turns = new KeyTurns();

/** Calls `decide` with keys that are made outside of its transaction, so that no other writer waits while a key is made. */
export async function withClientKeys<T>(store: Pick<EventStore, 'prepare'>, caller: Principal, decide: (keys: ClientKeys) => Promise<T>): Promise<T> {
  const made = new Map<AssertionAlgorithm, ClientKey>();
  const keys: ClientKeys = (algorithm) => {
    const key = made.get(algorithm);
    if (!key) throw new KeyWanted(algorithm);
    return key;
  };
  for (;;) {
    try {
      return await decide(keys);
    } catch (error) {
      if (!(error instanceof KeyWanted)) throw error;
      const { algorithm } = error;
      made.set(algorithm, await store.prepare(caller, () => turns.make(caller.tenant, algorithm)));
    }
  }
}

/**
 * The change of a credential's key by an edit; an empty object = no change. A key is made if the method signs with one. A new one is made for another
 * algorithm, and for another origin, so that signatures made for one server are no use at another. It is removed if the method needs none.
 */
export function editClientKey(before: CredentialBefore, after: Credential, seal: SealField, keys: ClientKeys): Partial<Pick<Credential, 'clientKey'>> {
  const kept = before.clientKey && !goesElsewhere(before, after) ? before.clientKey : null;
  if (!clientAuthMethods.get(after.authMethod)?.usesClientKey) return before.clientKey ? { clientKey: null } : {};
  if (kept?.publicJwk.alg === after.assertionAlgorithm) return {};
  const { privateJwk, publicJwk } = keys(after.assertionAlgorithm);
  return { clientKey: { privateJwk: seal('clientKey', privateJwk.reveal()), publicJwk } };
}
