import { Injectable, Logger } from '@nestjs/common';
import { hasEnded, hasExpired, isSuspended, principalOf, type ApiKey, type Principal, type SessionInForce } from '@nuncio/contracts';
import { hashApiKey, type Principals } from '@nuncio/service';
import type { Secret } from '@nuncio/sealing';
import { changed, EventStore, nuncio } from '../event-store/index.js';
import { portalSessions } from '../portal-sessions/portal-sessions.js';
import { tenant } from '../tenants/tenant.js';
import { apiKey } from './api-key.js';

const BOOTSTRAP_ID = 'key_bootstrap';

/** How long an unknown key is refused without a query. */
const NOBODYS_MS = 1_000;
/** The most unknown keys that are remembered. */
const MAX_NOBODYS = 10_000;

/**
 * Finds who a key belongs to. Each request reads the store (one index look-up), so that a revoked key is refused at once. An unknown key costs one
 * query a second, however often it is tried.
 */
@Injectable()
export class ApiKeyPrincipals implements Principals {
  /** Hashes of unknown keys, each with the time until which it is refused (`performance.now()`). */
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

  async hasEnded(session: SessionInForce): Promise<boolean> {
    return hasEnded((await this.store.read(nuncio).find(portalSessions, session.tenant))?.state, session);
  }
}

/**
 * Makes sure that the operator's key exists and has role admin, since the first key cannot be made by another. A new key replaces that of the last
 * start. A key that was revoked stays revoked.
 */
export async function ensureBootstrapKey(store: EventStore, pepper: Secret, key: Secret): Promise<void> {
  const hash = hashApiKey(pepper, key.reveal());
  const state: ApiKey = { id: BOOTSTRAP_ID, name: 'ADMIN_API_KEY', role: 'admin', tenant: null, groups: [], hash };
  await store.transact(nuncio, async (tx) => {
    const revoked = await tx.deletedStates(apiKey, BOOTSTRAP_ID);
    if (revoked.some((former) => former.hash === hash)) {
      new Logger('ApiKeys').warn('ADMIN_API_KEY has been revoked, so nobody gets in with it. Set another one, or take the setting away.');
      return;
    }
    const existing = await tx.find(apiKey, BOOTSTRAP_ID);
    if (!existing) await tx.create(apiKey, BOOTSTRAP_ID, state);
    else await tx.append(apiKey, existing, existing.state.hash === hash ? [] : [changed({ hash })]);
  });
}
