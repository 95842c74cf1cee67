import { hasEnded, hasExpired, isSuspended, principalOf, type AggregateKind, type ApiKey, type Principal, type SessionInForce } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import type { Principals } from './auth.guard.js';

/** What the view must have, so that whoever is refused there is refused here. */
export const PRINCIPAL_KINDS = ['api-key', 'tenant', 'portal-sessions'] as const satisfies readonly AggregateKind[];

/**
 * The API keys of the published configuration by hash, and its tenants. The view must have the kinds of `PRINCIPAL_KINDS`. A revoked key is
 * unknown, and an ended portal session refused, as soon as the view has read it.
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

  hasEnded(session: SessionInForce): boolean {
    return hasEnded(this.view.get('portal-sessions', session.tenant)?.state, session);
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
