import type { AggregateRecord } from '@nuncio/contracts';

const NOTHING: ReadonlySet<string> = new Set();

/** Which aggregates of one kind belong to each tenant. */
export class OfTenants {
  readonly #ids = new Map<string, Set<string>>();
  readonly #tenants = new Map<string, string>();

  /** The ids of what a tenant has, in the order in which it was made. It changes with them. */
  of(tenant: string): ReadonlySet<string> {
    return this.#ids.get(tenant) ?? NOTHING;
  }

  note({ id, state }: Pick<AggregateRecord, 'id' | 'state'>): void {
    const before = this.#tenants.get(id);
    const now = state && 'tenant' in state ? (state.tenant ?? undefined) : undefined;
    if (before === now) return;
    if (before !== undefined) this.#remove(before, id);
    if (now === undefined) this.#tenants.delete(id);
    else {
      this.#tenants.set(id, now);
      this.#ids.set(now, (this.#ids.get(now) ?? new Set()).add(id));
    }
  }

  #remove(tenant: string, id: string): void {
    const ids = this.#ids.get(tenant);
    ids?.delete(id);
    if (ids?.size === 0) this.#ids.delete(tenant);
  }
}
