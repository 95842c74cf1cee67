import { Fault, type Principal } from '@nuncio/contracts';

/** Of one tenant, whichever of its keys and people they come from. */
const AT_ONCE = 4;

/** How many writes of each tenant are under way: writers stand in one line, and no tenant may be all of it. Callers of the installation have no tenant, and no limit. */
export class WritesInFlight {
  readonly #byTenant = new Map<string, number>();

  /** Throws Fault `too-many-requests`. */
  async count<T>({ tenant }: Principal, work: () => Promise<T>): Promise<T> {
    if (tenant === null) return work();
    const inFlight = this.#byTenant.get(tenant) ?? 0;
    if (inFlight >= AT_ONCE) throw new Fault('too-many-requests', `The tenant ${tenant} has ${AT_ONCE} changes under way; send the next one when one of them is answered.`, { retriable: true, retryAfterSeconds: 1 });
    this.#byTenant.set(tenant, inFlight + 1);
    try {
      return await work();
    } finally {
      const left = (this.#byTenant.get(tenant) ?? 1) - 1;
      if (left > 0) this.#byTenant.set(tenant, left);
      else this.#byTenant.delete(tenant);
    }
  }
}
