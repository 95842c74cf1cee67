import { hasExpired, isSuspended, principalOf, type ApiKey, type Principal } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import type { Principals } from './auth.guard.js';

/**
 * The API keys of the published configuration by hash, and its tenants. The view must have the kinds `api-key` and `tenant`. A revoked key is unknown
 * as soon as the view has read it.
 */
export class ConfigPrincipals implements Principals {
  readonly #byHash = new Map<string, Principal>();
  readonly #hashOf = new Map<string, string>();

  constructor(private readonly view: Pick<ConfigView, 'all' | 'get' | 'onChange'>) {
    for (const { id, state } of view.all('api-key')) this.#set(id, state);
    view.onChange((record) => {
      if (record.kind === 'api-key') this.#set(record.id, view.get('api-key', record.id)?.state);
    });
  }

  find(keyHash: string): Principal | null {
    const known = this.#byHash.get(keyHash);
    return known && this.#lasts(known.id) ? known : null;
  }

  hashOf(keyId: string): string | null {
    return this.#lasts(keyId) ? (this.#hashOf.get(keyId) ?? null) : null;
  }

  hasTenant(id: string): boolean {
    return this.view.get('tenant', id) !== undefined;
  }

  isSuspended(tenant: string): boolean {
    return isSuspended(this.view.get('tenant', tenant)?.state);
  }

  #lasts(id: string): boolean {
    const key = this.view.get('api-key', id)?.state;
    return key !== undefined && !hasExpired(key, Date.now());
  }

  #set(id: string, key: ApiKey | undefined): void {
    this.#byHash.delete(this.#hashOf.get(id) ?? '');
    this.#hashOf.delete(id);
    const principal = key && principalOf(key);
    if (!principal) return;
    this.#byHash.set(key.hash, principal);
    this.#hashOf.set(id, key.hash);
  }
}
