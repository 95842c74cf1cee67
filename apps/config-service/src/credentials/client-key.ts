import { clientAuthMethods, type makeClientKey } from '@nuncio/auth';
import type { AssertionAlgorithm, Credential, Principal } from '@nuncio/contracts';
import type { EventStore } from '../event-store/index.js';
import type { SealField } from '../sealed-headers.js';
import { goesElsewhere, type CredentialBefore } from './edit-credential.js';
import { KeyTurns } from './key-turns.js';

type ClientKey = Awaited<ReturnType<typeof makeClientKey>>;

/** A new key of an algorithm. Throws where there is none yet: `withClientKeys` then makes it, and decides again. */
export type ClientKeys = (algorithm: AssertionAlgorithm) => ClientKey;

class KeyWanted extends Error {
  constructor(readonly algorithm: AssertionAlgorithm) {
    super(`a key for ${algorithm} has to be made first`);
  }
}

const turns = new KeyTurns();

/** Decides with keys that are made before: while one is made, nobody waits in line behind this caller. */
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
 * What becomes of a credential's key by an edit: made where the method signs, anew for another algorithm, and anew for another origin, so that what was
 * signed for one server's eyes cannot be had by sending it to another's. Gone where the method needs none. An empty object = it stays.
 */
export function editClientKey(before: CredentialBefore, after: Credential, seal: SealField, keys: ClientKeys): Partial<Pick<Credential, 'clientKey'>> {
  const kept = before.clientKey && !goesElsewhere(before, after) ? before.clientKey : null;
  if (!clientAuthMethods.get(after.authMethod)?.usesClientKey) return before.clientKey ? { clientKey: null } : {};
  if (kept?.publicJwk.alg === after.assertionAlgorithm) return {};
  const { privateJwk, publicJwk } = keys(after.assertionAlgorithm);
  return { clientKey: { privateJwk: seal('clientKey', privateJwk.reveal()), publicJwk } };
}
