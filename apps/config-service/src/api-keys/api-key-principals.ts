import { Injectable } from '@nestjs/common';
import { hasExpired, isSuspended, principalOf, type ApiKey, type Principal } from '@nuncio/contracts';
import { hashApiKey, type Principals } from '@nuncio/service';
import type { Secret } from '@nuncio/sealing';
import { changed, EventStore, nuncio } from '../event-store/index.js';
import { tenant } from '../tenants/tenant.js';
import { apiKey } from './api-key.js';

const BOOTSTRAP_ID = 'key_bootstrap';

/** How long a key that nobody has is taken for one without a look. */
const NOBODYS_MS = 1_000;
/** Guesses that are remembered at a time. */
const MAX_NOBODYS = 10_000;

/** Who a key belongs to, read from the store each time (one index look-up): a revoked key is refused at once. Whoever guesses one key again and again costs a look a second. */
@Injectable()
export class ApiKeyPrincipals implements Principals {
  /** Hashes of keys that nobody had, and until when (`performance.now()`) that is believed. */
  readonly #nobodys = new Map<string, number>();

  constructor(private readonly store: EventStore) {}

  async find(keyHash: string): Promise<Principal | null> {
    const now = performance.now();
    if ((this.#nobodys.get(keyHash) ?? 0) > now) return null;
    const found = await this.store.read(nuncio).byName(apiKey, keyHash);
    if (found) return hasExpired(found.state, Date.now()) ? null : principalOf(found.state);
    if (this.#nobodys.size >= MAX_NOBODYS) this.#nobodys.clear();
    this.#nobodys.set(keyHash, now + NOBODYS_MS);
    return null;
  }

  async hashOf(keyId: string): Promise<string | null> {
    const key = (await this.store.read(nuncio).find(apiKey, keyId))?.state;
    return key && !hasExpired(key, Date.now()) ? key.hash : null;
  }

  async hasTenant(id: string): Promise<boolean> {
    return (await this.store.read(nuncio).find(tenant, id)) !== null;
  }

  async isSuspended(id: string): Promise<boolean> {
    return isSuspended((await this.store.read(nuncio).find(tenant, id))?.state);
  }
}

/** Makes sure that the operator's key has role admin, so that there is somebody who can make the others. Another key than last time replaces it. */
export async function ensureBootstrapKey(store: EventStore, pepper: Secret, key: Secret): Promise<void> {
  const hash = hashApiKey(pepper, key.reveal());
  const state: ApiKey = { id: BOOTSTRAP_ID, name: 'ADMIN_API_KEY', role: 'admin', tenant: null, groups: [], hash };
  await store.transact(nuncio, async (tx) => {
    const existing = await tx.find(apiKey, BOOTSTRAP_ID);
    if (!existing) await tx.create(apiKey, BOOTSTRAP_ID, state);
    else await tx.append(apiKey, existing, existing.state.hash === hash ? [] : [changed({ hash })]);
  });
}
